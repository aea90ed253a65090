package adapterstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hoist/internal/pim"
)

// call is one of a platform's methods, ready to be called.
type call struct {
	name string
	do   func(ctx context.Context) error
}

// calls are all methods at a place, with a message that is there already.
func (f Fixture) calls(where pim.Place, ref pim.Ref) []call {
	view := announcement("holds it")
	return []call{
		{"post", func(ctx context.Context) error { _, err := f.Platform.Post(ctx, where, "", view); return err }},
		{"reply", func(ctx context.Context) error { _, err := f.Platform.Post(ctx, where, ref, view); return err }},
		{"update", func(ctx context.Context) error { return f.Platform.Update(ctx, where, ref, view) }},
		{"delete", func(ctx context.Context) error { return f.Platform.Delete(ctx, where, ref) }},
		{"profile", func(ctx context.Context) error { _, err := f.Platform.Profile(ctx, f.Known); return err }},
	}
}

// told fails unless err is one of our errors, of one of the kinds, and keeps
// what is secret.
func (f Fixture) told(t *testing.T, what string, err error, kinds ...pim.Kind) {
	t.Helper()
	ours, ok := errors.AsType[*pim.Error](err)
	if !ok {
		t.Errorf("%s: %v (%T) is not one of our errors", what, err, err)
		return
	}
	if !slices.Contains(kinds, ours.Kind) {
		t.Errorf("%s: told as %q, want one of %q: %v", what, ours.Kind, kinds, err)
	}
	f.leaks(t, what, spelt(err))
	f.leaks(t, "the log", f.logged())
}

// wait is how long an error asks to be left alone.
func wait(err error) time.Duration {
	ours, ok := errors.AsType[*pim.Error](err)
	if !ok {
		return 0
	}
	return ours.RetryAfter
}

// spelt is everything that printing an error could bring to light.
func spelt(err error) string {
	var b strings.Builder
	for ; err != nil; err = errors.Unwrap(err) {
		fmt.Fprintf(&b, "%v %+v %#v ", err, err, err)
		if ours, ok := errors.AsType[*pim.Error](err); ok {
			fmt.Fprintf(&b, "%#v ", *ours)
		}
	}
	return b.String()
}

// leaks fails when a text holds a secret.
func (f Fixture) leaks(t *testing.T, what, text string) {
	t.Helper()
	for _, s := range append([]string{canary}, f.Secrets...) {
		if strings.Contains(text, s) {
			t.Errorf("%s holds the secret %q: %s", what, s, text)
		}
	}
}

func (f Fixture) logged() string {
	if f.Logged == nil {
		return ""
	}
	return f.Logged()
}
