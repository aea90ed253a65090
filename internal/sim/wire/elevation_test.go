package wire_test

import (
	"testing"

	"hoist/internal/sim/wire"
)

func TestAbout(t *testing.T) {
	for text, want := range map[string]string{
		"Reference H-7K3F9QX":               "/wire?elevation=H-7K3F9QX",
		"H-7K3F9QX and once more H-7K3F9QX": "/wire?elevation=H-7K3F9QX",
		"H-7K3F9QX or H-7K3F9QY":            "",
		"nothing":                           "",
	} {
		t.Run(text, func(t *testing.T) {
			if got := wire.About(text); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}
