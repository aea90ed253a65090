package signin

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"strings"
)

// largestChallenge bounds a claims challenge; those of Entra have some hundred
// bytes.
const largestChallenge = 4 << 10

// readChallenge returns a claims challenge as the JSON to ask with, "" when there
// is none in text. It comes as JSON in the token endpoint's answer and in the
// authorize page's redirect, percent-encoded once more by some proxies, and in
// base64 where a header carried it:
// https://learn.microsoft.com/entra/identity-platform/claims-challenge.
//
// Only what tokens should hold is let through, and cp1 is left out: that this
// client understands challenges is said in one place, see [authority.userClient].
func readChallenge(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > largestChallenge {
		return ""
	}
	for _, form := range []string{text, unescaped(text), unbased(text), unbased(unescaped(text))} {
		if asked := challengeIn(form); asked != "" {
			return asked
		}
	}
	return ""
}

func challengeIn(text string) string {
	var asked claimsRequest
	if json.Unmarshal([]byte(text), &asked) != nil {
		return ""
	}
	kept := claimsRequest{}
	for token, claims := range asked {
		delete(claims, "xms_cc")
		if (token == "access_token" || token == "id_token") && len(claims) > 0 {
			kept[token] = claims
		}
	}
	if len(kept) == 0 {
		return ""
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		return ""
	}
	return string(raw)
}

// claimsRequest is OpenID Connect's claims parameter: by token, by claim.
type claimsRequest map[string]map[string]json.RawMessage

func unescaped(text string) string {
	plain, err := url.QueryUnescape(text)
	if err != nil {
		return ""
	}
	return plain
}

// unbased reads every dialect of base64; padding says nothing.
func unbased(text string) string {
	text = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/", " ", "+").Replace(text), "=")
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	return string(raw)
}

// both asks for what either request asks for; where they differ, the second one
// holds.
func both(first, second string) (string, error) {
	all := claimsRequest{}
	for _, text := range []string{first, second} {
		if text == "" {
			continue
		}
		var asked claimsRequest
		if err := json.Unmarshal([]byte(text), &asked); err != nil {
			return "", errors.New("claims to ask for are no claims request")
		}
		for token, claims := range asked {
			if all[token] == nil {
				all[token] = map[string]json.RawMessage{}
			}
			maps.Copy(all[token], claims)
		}
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return "", errors.New("claims to ask for cannot be encoded")
	}
	return string(raw), nil
}

// stepUp returns what a refusal wants of another sign-in, "" when another one
// would not help. Without a challenge, a second factor is what was missing.
func (r refusal) stepUp(mfa string) string {
	switch {
	case !r.interaction():
		return ""
	case r.Claims != "":
		return r.Claims
	case r.has(50076, 50078):
		return mfa
	default:
		return ""
	}
}

// refusedSignIn answers Entra's refusal of an attempt. When a stronger sign-in
// can mend it, the same browser is sent back for one; but only once, because what
// did not help will not help again.
func (v *visit) refusedSignIn(a attempt, doing string, r refusal) {
	more := r.stepUp(v.MFAClaims)
	if more == "" || a.SteppedUp {
		v.refusal(doing, r)
		return
	}
	asked, err := both(a.Claims, more)
	if err != nil {
		v.log().ErrorContext(v.r.Context(), "challenge cannot be answered", "err", err)
		v.refusal(doing, r)
		return
	}
	v.log().InfoContext(v.r.Context(), "entra asks for more, sent back once", "doing", doing, "entra", r)
	v.toEntra(a.Browser, attempt{
		SteppedUp: true, Claims: asked, Hint: a.Hint, Switch: a.Switch, ChatName: a.ChatName, Reason: a.Reason, Shown: a.Shown,
	})
}
