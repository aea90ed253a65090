package adapterstest

import (
	"strings"
	"testing"
	"time"

	"hoist/internal/pim"
)

func profiles(t *testing.T, f Fixture) {
	t.Run("known", func(t *testing.T) {
		got, err := f.Platform.Profile(t.Context(), f.Known)
		if err != nil || got.Name != f.Profile.Name || got.Email != f.Profile.Email || got.Barred != "" || zone(got.Zone) != zone(f.Profile.Zone) {
			t.Errorf("%+v, %v; want %+v", got, err, f.Profile)
		}
	})
	t.Run("unknown", func(t *testing.T) {
		got, err := f.Platform.Profile(t.Context(), f.Unknown)
		f.told(t, "profile", err, pim.KindNotFound)
		if got != (pim.Profile{}) {
			t.Errorf("of nobody is known %+v", got)
		}
	})
	for _, reason := range Reasons {
		t.Run(strings.ReplaceAll(reason, " ", "_"), func(t *testing.T) {
			who, ok := f.Barred[reason]
			if !ok {
				f.excuse(t, Fault(reason))
			}
			if got, err := f.Platform.Profile(t.Context(), who); err != nil || got.Barred != reason {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	t.Run("of_another_workspace", func(t *testing.T) { f.stranger(t, func(p *pim.Person) { p.Workspace = "T999999" }) })
	t.Run("of_another_platform", func(t *testing.T) { f.stranger(t, func(p *pim.Person) { p.Platform = "elsewhere" }) })
	t.Run("after_leaving", func(t *testing.T) {
		f.strike(t, PersonGone)
		got, err := f.Platform.Profile(t.Context(), f.Known)
		if err == nil && got.Barred != "deactivated" {
			t.Errorf("whoever left is %+v", got)
		}
		if err != nil {
			f.told(t, "profile", err, pim.KindNotFound)
		}
	})
}

// stranger fails unless somebody with the same id elsewhere is kept out.
func (f Fixture) stranger(t *testing.T, other func(*pim.Person)) {
	t.Helper()
	who := f.Known
	other(&who)
	got, err := f.Platform.Profile(t.Context(), who)
	if err == nil && (got.Barred == "" || got.Name == f.Profile.Name) {
		t.Errorf("a stranger passes for %+v", got)
	}
}

func zone(z *time.Location) string {
	if z == nil {
		return ""
	}
	return z.String()
}
