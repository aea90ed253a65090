package browser

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrSignInStopped wraps the message of a simulated error page.
var ErrSignInStopped = errors.New("the simulated sign-in stopped")

// SignIn walks through the simulated sign-in as one person, from any of its
// pages to the first page that is not one of them: account, second factor, and
// the button of a form_post answer. On an error page it returns that page and
// [ErrSignInStopped].
func (b *Browser) SignIn(ctx context.Context, p *Page, userName string) (*Page, error) {
	for range 10 {
		var button string
		switch {
		case p.Stopped:
			return p, nil
		case p.Has("error-code"):
			return p, fmt.Errorf("%w: %s", ErrSignInStopped, p.Text("error-message"))
		case p.Has("other-account-form"):
			button = "sign-in"
			if err := p.Fill("username", userName); err != nil {
				return nil, err
			}
		case p.Has("sign-in-form"):
			button = "sign-in"
			if !slices.Contains(strings.Fields(p.Text("")), userName) {
				button = "switch-account" // the hint names somebody else
			}
		case p.Has("mfa-form"):
			button = "mfa-approve"
			if err := p.Fill("mfa-answer", p.Text("mfa-number")); err != nil {
				return nil, err
			}
		case p.Has("form-post"):
			button = "continue"
		default:
			return p, nil
		}
		var err error
		if p, err = b.Press(ctx, p, button); err != nil {
			return nil, err
		}
	}
	return p, errors.New("the simulated sign-in does not end")
}
