package signin_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/signin"
	"hoist/internal/sim"
	"hoist/internal/sim/tenant"
)

func TestAppTokens(t *testing.T) {
	tokens := func(t *testing.T) (*world, *signin.AppTokens) {
		w := newWorld(t)
		a, err := signin.NewAppTokens(w.app)
		must(t, err)
		return w, a
	}

	t.Run("asks for Graph's default scope as the app", func(t *testing.T) {
		w, a := tokens(t)
		v, err := a.Token(t.Context())
		must(t, err)
		if v.IsZero() {
			t.Fatal("no token")
		}
		form := query(t, string(w.wire.last(t, "/token").Request))
		if form.Get("grant_type") != "client_credentials" {
			t.Errorf("grant = %q", form.Get("grant_type"))
		}
		if !strings.Contains(form.Get("scope"), "https://graph.microsoft.com/.default") {
			t.Errorf("scope = %q", form.Get("scope"))
		}
	})

	t.Run("keeps a token by the injected clock", func(t *testing.T) {
		w, a := tokens(t)
		for _, step := range []struct {
			advance time.Duration
			want    int
		}{{0, 1}, {54 * time.Minute, 1}, {2 * time.Minute, 2}, {8 * time.Hour, 3}, {time.Minute, 3}} {
			w.clock.Advance(step.advance)
			_, err := a.Token(t.Context())
			must(t, err)
			if got := w.wire.count("/token"); got != step.want {
				t.Errorf("after %s: %d requests, want %d", step.advance, got, step.want)
			}
		}
	})

	t.Run("many callers share one request", func(t *testing.T) {
		w, a := tokens(t)
		slow := &gate{next: w.wire, open: make(chan struct{}), reached: make(chan struct{}, 8)}
		w.app.HTTP = &http.Client{Transport: slow}
		a, err := signin.NewAppTokens(w.app)
		must(t, err)
		impatient, cancel := context.WithCancel(t.Context())
		var first, all sync.WaitGroup
		first.Go(func() {
			if _, err := a.Token(impatient); pim.KindOf(err) != pim.KindUnavailable {
				t.Errorf("a caller who gave up got %v", err)
			}
		})
		<-slow.reached
		for range 20 {
			all.Go(func() {
				if _, err := a.Token(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		time.Sleep(20 * time.Millisecond) // let them come to wait
		cancel()
		first.Wait()
		close(slow.open)
		all.Wait()
		if got := w.wire.count("/token"); got != 1 {
			t.Errorf("%d requests, want 1", got)
		}
	})

	t.Run("sorts refusals", func(t *testing.T) {
		tests := map[string]struct {
			spoil func(*world)
			kind  pim.Kind
			holds string
		}{
			"secret rotated": {func(w *world) { must(w.t, w.sim.Tenant.ChangeApp(sim.BotClientID, changeSecret)) }, pim.KindForbidden, "AADSTS7000215"},
			"secret expired": {func(w *world) {
				must(w.t, w.sim.Tenant.ChangeApp(sim.BotClientID, func(a *tenant.App) { a.SecretExpires = nine.Add(-time.Hour) }))
			}, pim.KindForbidden, "AADSTS7000222"},
			"no route":       {func(w *world) { w.wire.fail = errors.New("canary") }, pim.KindUnavailable, "could not be reached"},
			"busy":           {func(w *world) { w.wire.next = status(429, "17", "{}") }, pim.KindThrottled, "429"},
			"broken":         {func(w *world) { w.wire.next = status(503, "", "<html>canary") }, pim.KindUnavailable, "503"},
			"nonsense":       {func(w *world) { w.wire.tamper = func(a map[string]any) { clear(a); a["canary"] = "eyJ" } }, pim.KindUnavailable, "cannot be used"},
			"a token, whole": {func(w *world) { w.wire.tamper = func(a map[string]any) { delete(a, "expires_in"); a["x"] = "canary" } }, pim.KindUnavailable, "cannot be used"},
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				w, a := tokens(t)
				_, err := a.Token(t.Context()) // metadata are at hand from here on
				must(t, err)
				w.clock.Advance(59 * time.Minute)
				tt.spoil(w)
				_, err = a.Token(t.Context())
				if pim.KindOf(err) != tt.kind {
					t.Errorf("kind %s of %v, want %s", pim.KindOf(err), err, tt.kind)
				}
				text := fmt.Sprintf("%v %+v %#v", err, err, err)
				if !strings.Contains(text, tt.holds) {
					t.Errorf("%q lacks %q", text, tt.holds)
				}
				for _, bad := range []string{"canary", "eyJ", sim.BotClientSecret, "rotated"} {
					if strings.Contains(text, bad) {
						t.Errorf("%q holds %q", text, bad)
					}
				}
			})
		}
	})

	t.Run("recovers", func(t *testing.T) {
		w, a := tokens(t)
		w.wire.fail = errors.New("down")
		if _, err := a.Token(t.Context()); err == nil {
			t.Fatal("no error")
		}
		w.wire.fail = nil
		_, err := a.Token(t.Context())
		must(t, err)
	})
}

func TestCredential_never_prints(t *testing.T) {
	c, err := signin.ClientSecret(secret.New("canary"))
	must(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, c); strings.Contains(text, "canary") {
			t.Errorf("%s prints %s", verb, text)
		}
	}
	if _, err := signin.ClientSecret(secret.Value{}); err == nil {
		t.Error("an empty secret was accepted")
	}
	if _, err := signin.ClientCertificate(secret.New("canary")); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("err = %v", err)
	}
}

func TestCredential_assertion_is_read_each_time(t *testing.T) {
	w := newWorld(t)
	read := 0
	w.app.Credential = signin.ClientAssertion(func(context.Context) (secret.Value, error) {
		read++
		return secret.New("assertion"), nil
	})
	a, err := signin.NewAppTokens(w.app)
	must(t, err)
	_, _ = a.Token(t.Context()) // the simulator knows no federation
	if got := query(t, string(w.wire.last(t, "/token").Request)).Get("client_assertion"); got != "assertion" || read != 1 {
		t.Errorf("assertion = %q, read %d times", got, read)
	}
}

// gate lets nothing through until it is open.
type gate struct {
	next    http.RoundTripper
	open    chan struct{}
	reached chan struct{} // told of everyone who waits
}

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	g.reached <- struct{}{}
	select {
	case <-g.open:
		return g.next.RoundTrip(r)
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// status answers everything the same.
func status(code int, retryAfter, body string) http.RoundTripper {
	return everywhere(func(w http.ResponseWriter, _ *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	})
}
