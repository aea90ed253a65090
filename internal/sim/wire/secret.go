package wire

import (
	"regexp"
	"strings"
)

// secrets are the names of what must not be shown, wherever they stand: query,
// form, JSON, redirects. The value is the variable that stands for it in a curl
// line. Names are compared as fold leaves them.
var secrets = map[string]string{
	"token": "TOKEN", "accesstoken": "ACCESS_TOKEN", "refreshtoken": "REFRESH_TOKEN",
	"idtoken": "ID_TOKEN", "idtokenhint": "ID_TOKEN",
	"clientsecret": "CLIENT_SECRET", "clientassertion": "CLIENT_ASSERTION", "assertion": "CLIENT_ASSERTION",
	"code": "CODE", "codeverifier": "CODE_VERIFIER", "devicecode": "CODE", "usercode": "CODE",
	"state": "STATE", "nonce": "NONCE", "flow": "FLOW", "sessionstate": "STATE",
	"password": "PASSWORD", "secret": "SECRET", "signature": "SIGNATURE",
	"cookie": "COOKIE", "setcookie": "COOKIE", "authorization": "TOKEN",
	"triggerid": "TRIGGER_ID", "responseurl": "RESPONSE_URL",
}

// endings make a secret of any name, whoever invented it.
var endings = map[string]string{"token": "TOKEN", "secret": "SECRET", "password": "PASSWORD", "verifier": "CODE_VERIFIER"}

var lastWord = regexp.MustCompile(`[\w.-]*\W*$`)

// fold drops case and punctuation: client_secret, clientSecret, Client-Secret.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, name)
}

// secretName returns the variable for a name of something secret. Only the last
// word counts: what stands before it may be anything that was taken for a name.
func secretName(name string) (variable string, secret bool) {
	name = fold(lastWord.FindString(name))
	if variable, secret = secrets[name]; secret {
		return variable, true
	}
	for ending, variable := range endings {
		if strings.HasSuffix(name, ending) {
			return variable, true
		}
	}
	return "", false
}

// A mask is a variable's name between two private characters, which what comes
// over the wire cannot bring along: see clean.
const (
	maskOpen  = "\uE000"
	maskClose = "\uE001"
	dots      = "••••"
)

var (
	maskShape = regexp.MustCompile(maskOpen + `([A-Z_]+)` + maskClose)
	private   = strings.NewReplacer(maskOpen, "\uFFFD", maskClose, "\uFFFD")
)

func mask(variable string) string { return maskOpen + variable + maskClose }

// clean makes valid text of what came, without masks that somebody else made.
func clean(s string) string { return private.Replace(strings.ToValidUTF8(s, "\uFFFD")) }

// shown is a masked text for people.
func shown(s string) string { return maskShape.ReplaceAllString(s, dots) }
