package page

import (
	"crypto/sha256"
	_ "embed" // the styles
	"encoding/hex"
	"net/http"
)

//go:embed assets/colours.css
var colours []byte

//go:embed assets/signin.css
var signIn []byte

// SignInStyle is the stylesheet of the services' own sign-in pages. Each service
// serves it under a path of its own, as in life.
var SignInStyle = newStyle(colours, signIn)

// Style is a stylesheet under an address that changes with it, so that browsers
// may keep it for good.
type Style struct {
	content []byte
	// Version belongs into the query of its address.
	Version string
}

func newStyle(parts ...[]byte) Style {
	var s Style
	for _, p := range parts {
		s.content = append(s.content, p...)
	}
	sum := sha256.Sum256(s.content)
	s.Version = hex.EncodeToString(sum[:6])
	return s
}

// ServeHTTP implements http.Handler.
func (s Style) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(s.content)
}
