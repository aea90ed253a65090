package wire

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// Token says whose a token was, from its claims that harm nobody.
type Token struct {
	// Where it stood: a header, or the name of a field.
	Where string
	// Who is "as the app Hoist" or "as Ada Lindqvist (ada@fjordbank.example)".
	Who string
	// App is the name of the program that it was made for, if it says.
	App string
	// Facts are what else it says: for whom, with which rights, until when.
	Facts []Field
}

// claims are those that are shown. Both kinds of token are read: access tokens
// and ID tokens.
type claims struct {
	Audience oneOrMore `json:"aud"`
	AppName  string    `json:"app_displayname"`
	AppID    string    `json:"appid"`
	Kind     string    `json:"idtyp"`
	Name     string    `json:"name"`
	UPN      string    `json:"upn"`
	UserName string    `json:"preferred_username"`
	Scopes   string    `json:"scp"`
	Roles    oneOrMore `json:"roles"`
	Methods  oneOrMore `json:"amr"`
	Contexts oneOrMore `json:"acrs"`
	Expires  float64   `json:"exp"`
}

// oneOrMore is a claim that may be a text or a list.
type oneOrMore []string

// UnmarshalJSON takes either; of anything else there is nothing to tell.
func (o *oneOrMore) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*o = oneOrMore{one}
		return nil
	}
	_ = json.Unmarshal(raw, (*[]string)(o))
	return nil
}

func (o oneOrMore) String() string { return strings.Join(o, ", ") }

// readToken decodes a JWT without believing it: the panel tells what it says.
func readToken(raw string) (Token, bool) {
	_, rest, _ := strings.Cut(raw, ".")
	payload, _, signed := strings.Cut(rest, ".")
	text, err := base64.RawURLEncoding.DecodeString(payload)
	var c claims
	if !signed || err != nil || json.Unmarshal(text, &c) != nil {
		return Token{}, false
	}
	t := Token{Who: claim(c.who()), App: claim(c.AppName)}
	for _, f := range []Field{
		{"for", c.Audience.String()},
		{"scopes", c.Scopes},
		{"application permissions", c.Roles.String()},
		{"signed in by", c.Methods.String()},
		{"authentication context", c.Contexts.String()},
		{"until", c.until()},
	} {
		if f.Value != "" {
			t.Facts = append(t.Facts, Field{f.Name, claim(f.Value)})
		}
	}
	return t, true
}

func (c claims) who() string {
	login := cmp.Or(c.UPN, c.UserName)
	switch {
	case c.Kind == "app":
		return "as the app " + cmp.Or(c.AppName, c.AppID, "that it does not name")
	case c.Name != "" && login != "":
		return "as " + c.Name + " (" + login + ")"
	case c.Name+login != "":
		return "as " + c.Name + login
	}
	return "as somebody whom it does not name"
}

func (c claims) until() string {
	if c.Expires <= 0 || c.Expires > 1e11 {
		return ""
	}
	return time.Unix(int64(c.Expires), 0).UTC().Format("15:04:05 on 2 January")
}

// claim makes a claim fit to be shown: somebody may have planted a token in it.
func claim(s string) string {
	const longest = 400
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return shown((&masker{blind: true}).text(s))
}
