package entra

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// claimsRequest is what the simulator understands of the claims parameter
// (OpenID Connect Core 5.5, with Entra's access_token member).
type claimsRequest struct {
	// contexts are the acrs asked for.
	contexts []string
	// mfa: amr must contain mfa.
	mfa bool
	// cp1: the client handles claims challenges.
	cp1 bool
}

type claimWish struct {
	Value  string   `json:"value"`
	Values []string `json:"values"`
}

func (w *claimWish) all() []string {
	if w == nil {
		return nil
	}
	if w.Value != "" {
		return append([]string{w.Value}, w.Values...)
	}
	return w.Values
}

func parseClaims(text string) (claimsRequest, error) {
	var c claimsRequest
	if strings.TrimSpace(text) == "" {
		return c, nil
	}
	var sent struct {
		AccessToken map[string]*claimWish `json:"access_token"`
		IDToken     map[string]*claimWish `json:"id_token"`
	}
	if err := json.Unmarshal([]byte(text), &sent); err != nil {
		return c, fmt.Errorf("read claims parameter: %w", err)
	}
	for _, part := range []map[string]*claimWish{sent.AccessToken, sent.IDToken} {
		c.contexts = append(c.contexts, part["acrs"].all()...)
		c.mfa = c.mfa || slices.Contains(part["amr"].all(), "mfa")
	}
	c.cp1 = slices.Contains(sent.AccessToken["xms_cc"].all(), "cp1")
	slices.Sort(c.contexts)
	c.contexts = slices.Compact(c.contexts)
	return c, nil
}

// challenge is the claims parameter that asks for one authentication context.
func challenge(context string) string {
	return fmt.Sprintf(`{"access_token":{"acrs":{"essential":true,"value":"%s"}}}`, context)
}
