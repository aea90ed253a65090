package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"hoist/internal/secret"
)

func TestValue_never_prints(t *testing.T) {
	const canary = "eyJ0eXAi-canary"
	s := secret.New(canary)
	type holder struct {
		Token secret.Value
		Ptr   *secret.Value
	}
	h := holder{Token: s, Ptr: &s}

	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", h)
	}
	if err := json.NewEncoder(&out).Encode(h); err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "token", s, "holder", h)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "token", s, "holder", h)
	out.WriteString(errors.Join(fmt.Errorf("send %v", s)).Error())

	if strings.Contains(out.String(), canary) || strings.Contains(out.String(), fmt.Sprintf("%x", canary)) {
		t.Errorf("content leaked:\n%s", out.String())
	}
	if s.Reveal() != canary {
		t.Errorf("Reveal() = %q, want the content", s.Reveal())
	}
}

func TestValue_Equal(t *testing.T) {
	a, b, c := secret.New("one"), secret.New("one"), secret.New("two")
	if !a.Equal(b) || a.Equal(c) || a.Equal(secret.Value{}) {
		t.Error("Equal does not compare contents")
	}
	if !(secret.Value{}).IsZero() || a.IsZero() {
		t.Error("IsZero is wrong")
	}
}
