package signin

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

// tokenMargin is how long before its end a token is no longer handed out: the
// call it is for still has to be made.
const tokenMargin = 5 * time.Minute

// AppTokens gets the app-only token for Microsoft Graph, which reads and never
// writes. It is safe for concurrent use.
type AppTokens struct {
	authority *authority
	group     singleflight.Group

	mu    sync.Mutex
	token secret.Value
	until time.Time
}

// NewAppTokens asks nothing yet.
func NewAppTokens(a App) (*AppTokens, error) {
	ready, err := newAuthority(a)
	if err != nil {
		return nil, err
	}
	return &AppTokens{authority: ready}, nil
}

// Token returns a token that is good for some minutes at least. Callers that
// come while one is fetched share it. Errors are *[pim.Error]: KindForbidden or
// KindConsentMissing when the registration is at fault, KindThrottled,
// KindUnavailable.
func (t *AppTokens) Token(ctx context.Context) (secret.Value, error) {
	if v, ok := t.held(); ok {
		return v, nil
	}
	// One caller's patience must not end the request that others wait for.
	fetch := t.group.DoChan("token", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*callFor)
		defer cancel()
		if v, ok := t.held(); ok {
			return v, nil
		}
		return t.fetch(ctx)
	})
	select {
	case got := <-fetch:
		if got.Err != nil {
			return secret.Value{}, got.Err
		}
		return got.Val.(secret.Value), nil
	case <-ctx.Done():
		return secret.Value{}, &pim.Error{Kind: pim.KindUnavailable, Message: "no app token in time", Err: ctx.Err()}
	}
}

func (t *AppTokens) held() (secret.Value, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.token, !t.token.IsZero() && t.authority.Clock.Now().Before(t.until)
}

// fetch gets a new token with a new client: MSAL's own cache judges by the
// machine's clock and could return one that ours calls expired.
func (t *AppTokens) fetch(ctx context.Context) (secret.Value, error) {
	client, err := t.authority.confidentialClient()
	if err != nil {
		return secret.Value{}, &pim.Error{Kind: pim.KindForbidden, Message: "the app's credential cannot be used"}
	}
	asked := t.authority.Clock.Now()
	got, err := client.AcquireTokenByCredential(ctx, []string{t.authority.Graph + "/.default"})
	if err != nil {
		return secret.Value{}, refusalOf(err).asError()
	}
	life := time.Until(got.ExpiresOn) // MSAL counted from the machine's clock
	token := secret.New(got.AccessToken)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.until = token, asked.Add(life-tokenMargin)
	return token, nil
}
