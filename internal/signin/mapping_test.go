package signin_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
	"hoist/internal/signin"
	"hoist/internal/sim"
)

const goodMapping = `# who is who
- platform: slack
  workspace: T0FJORD
  user: U0ADA
  tenant: F7000000-0000-4000-8000-00000000BA4C
  object_id: a0000000-0000-4000-8000-00000000ada1
  upn: ada@fjordbank.example
  name: "Ada Lindqvist"
- {platform: slack, workspace: T0FJORD, user: U0ADA, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: a0000000-0000-4000-8000-00000000ada2}
- platform: teams
  workspace: 1234
  user: 0042
  tenant: f7000000-0000-4000-8000-00000000ba4c
  object_id: b0000000-0000-4000-8000-000000000be1
`

func TestParseMapping(t *testing.T) {
	t.Run("reads people with several accounts", func(t *testing.T) {
		m, err := signin.ParseMapping([]byte(goodMapping), sim.TenantID)
		must(t, err)
		if m.Len() != 3 {
			t.Errorf("%d entries, want 3", m.Len())
		}
		want := []pim.Principal{ada, {PrincipalKey: pim.NewPrincipalKey(sim.TenantID, sim.AdaAdminOID)}}
		if diff := cmp.Diff(want, m.Principals(adaChat)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		digits := pim.Person{Platform: "teams", Workspace: "1234", User: "0042"}
		if len(m.Principals(digits)) != 1 {
			t.Error("ids that look like numbers are not read as typed")
		}
	})

	t.Run("an empty file is an empty mapping", func(t *testing.T) {
		for _, text := range []string{"", "# nothing\n", "[]", "---\n"} {
			m, err := signin.ParseMapping([]byte(text))
			if err != nil || m.Len() != 0 {
				t.Errorf("%q: %v", text, err)
			}
		}
	})

	t.Run("names every fault at once with its place", func(t *testing.T) {
		_, err := signin.ParseMapping([]byte(`- platform: slack
  workspace: T/0
  user:
  tenant: not-a-guid
  object_id: a0000000-0000-4000-8000-00000000ada1
  objectid: x
- platform: Slack
- just text
- platform: slack
  workspace: T0
  user: [U0]
  tenant: f7000000-0000-4000-8000-00000000ba4c
  object_id: a0000000-0000-4000-8000-00000000ada1
  upn: ada
`))
		want := `line 2: field "workspace": want an id without slash or space
    2 |   workspace: T/0
      |              ^
line 3: field "user": want an id without slash or space
    3 |   user:
      |   ^
line 4: field "tenant": want a GUID
    4 |   tenant: not-a-guid
      |           ^
line 6: unknown field "objectid"
    6 |   objectid: x
      |   ^
line 7: field "platform": want a platform's name in lower case, such as slack
    7 | - platform: Slack
      |             ^
line 7: field "workspace" is missing
    7 | - platform: Slack
      |   ^
line 7: field "user" is missing
    7 | - platform: Slack
      |   ^
line 7: field "tenant" is missing
    7 | - platform: Slack
      |   ^
line 7: field "object_id" is missing
    7 | - platform: Slack
      |   ^
line 8: want an entry with fields such as "platform: slack"
    8 | - just text
      |   ^
line 11: field "user": want an id without slash or space
   11 |   user: [U0]
      |   ^
line 14: field "upn": want a user principal name
   14 |   upn: ada
      |        ^`
		if err == nil {
			t.Fatal("no error")
		}
		if diff := cmp.Diff(want, err.Error()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})

	t.Run("refuses", func(t *testing.T) {
		entry := "- {platform: slack, workspace: T0, user: U0, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: a0000000-0000-4000-8000-00000000ada1}\n"
		for name, tt := range map[string]struct{ text, want string }{
			"a duplicate":          {entry + strings.ReplaceAll(entry, "ada1", "ADA1"), "line 2: slack/T0/U0 is mapped to account a0000000-0000-4000-8000-00000000ada1 twice"},
			"another tenant":       {strings.ReplaceAll(entry, "ba4c", "ba4d"), "not the one that this installation manages"},
			"no list":              {"platform: slack\n", "want a list"},
			"a field given twice":  {"- platform: slack\n  platform: slack\n", "line 2"},
			"a second document":    {entry + "---\n" + entry, "only one document"},
			"no YAML":              {"- platform: [slack\n", "line 1"},
			"an alias for a value": {"- platform: &p slack\n  user: *p\n", "want"},
		} {
			_, err := signin.ParseMapping([]byte(tt.text), sim.TenantID)
			var faults signin.MappingFaults
			if !errors.As(err, &faults) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})

	t.Run("loads a file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "people.yaml")
		must(t, os.WriteFile(path, []byte(goodMapping), 0o600))
		_, err := signin.LoadMapping(path, sim.TenantID)
		must(t, err)
		if _, err := signin.LoadMapping(path + "x"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("err = %v", err)
		}
		must(t, os.WriteFile(path, []byte("x: y"), 0o600))
		if _, err := signin.LoadMapping(path); err == nil || !strings.Contains(err.Error(), "people.yaml") {
			t.Errorf("err = %v", err)
		}
	})
}

func FuzzParseMapping(f *testing.F) {
	f.Add(goodMapping)
	f.Add("- a: *b")
	f.Add("- ? {a: b}\n  : c")
	f.Add("- !!binary x")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := signin.ParseMapping([]byte(text))
		if err != nil {
			_ = err.Error()
		} else {
			m.Principals(adaChat)
		}
	})
}

func TestIdentities(t *testing.T) {
	m, err := signin.ParseMapping([]byte(goodMapping))
	must(t, err)
	ben := pim.Principal{PrincipalKey: pim.NewPrincipalKey(sim.TenantID, sim.BenOID)}
	stranger := pim.Principal{PrincipalKey: pim.NewPrincipalKey("00000000-0000-0000-0000-000000000001", sim.BenOID)}
	adaAdmin := pim.Principal{PrincipalKey: pim.NewPrincipalKey(sim.TenantID, sim.AdaAdminOID)}
	renamed := ada
	renamed.Name = "A. L."
	k := newKept()
	for _, p := range []pim.Principal{renamed, ben, stranger} {
		k.links = append(k.links, signin.Link{Person: adaChat, Principal: p})
	}

	t.Run("are those mapped and those proved, each once", func(t *testing.T) {
		got, err := signin.Identities{Tenant: sim.TenantID, Mapping: m, Links: k}.Principals(t.Context(), adaChat)
		must(t, err)
		if diff := cmp.Diff([]pim.Principal{ada, adaAdmin, ben}, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})

	t.Run("know everyone who has an account", func(t *testing.T) {
		k := newKept()
		teams := pim.Person{Platform: "teams", Workspace: "w", User: "u"}
		k.others = []pim.Person{teams, adaChat}
		got, err := signin.Identities{Tenant: sim.TenantID, Mapping: m, Links: k}.Persons(t.Context(), ada.PrincipalKey)
		must(t, err)
		if diff := cmp.Diff([]pim.Person{adaChat, teams}, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if _, err := (signin.Identities{Links: noLinks{}}).Persons(t.Context(), ada.PrincipalKey); err == nil {
			t.Error("a store that is away is not said")
		}
	})

	t.Run("need no mapping", func(t *testing.T) {
		got, err := signin.Identities{Tenant: sim.TenantID, Links: k}.Principals(t.Context(), adaChat)
		must(t, err)
		if diff := cmp.Diff([]pim.Principal{renamed, ben}, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})

	t.Run("are not guessed when the store is away", func(t *testing.T) {
		if _, err := (signin.Identities{Tenant: sim.TenantID, Mapping: m, Links: noLinks{}}).Principals(t.Context(), adaChat); err == nil {
			t.Error("no error")
		}
	})
}

func TestIdentities_unlink_what_was_proved(t *testing.T) {
	m, err := signin.ParseMapping([]byte(goodMapping))
	must(t, err)
	proved := func() *kept {
		k := newKept()
		k.links = []signin.Link{{Person: adaChat, Principal: ben}, {Person: benChat, Principal: ben}, {Person: adaChat, Principal: chioma}}
		return k
	}

	t.Run("and nothing else", func(t *testing.T) {
		k := proved()
		who := signin.Identities{Tenant: sim.TenantID, Mapping: m, Links: k}
		must(t, who.Unlink(t.Context(), adaChat))
		if len(k.links) != 1 || k.links[0].Person != benChat {
			t.Errorf("links left: %+v", k.links)
		}
		left, err := who.Principals(t.Context(), adaChat)
		must(t, err)
		if len(left) != 2 || left[0].PrincipalKey != ada.PrincipalKey {
			t.Errorf("the operator's mapping did not stay: %+v", left)
		}
		must(t, who.Unlink(t.Context(), adaChat)) // nothing left to drop
	})

	t.Run("as far as it goes", func(t *testing.T) {
		k := proved()
		k.dropFails = errors.New("away")
		if err := (signin.Identities{Tenant: sim.TenantID, Links: k}).Unlink(t.Context(), adaChat); err == nil || len(k.dropped) != 2 {
			t.Errorf("err = %v after %d drops, want an error after both", err, len(k.dropped))
		}
		if err := (signin.Identities{Links: noLinks{}}).Unlink(t.Context(), adaChat); err == nil {
			t.Error("a store that is away is not said")
		}
	})
}

type noLinks struct{}

func (noLinks) LinksOf(context.Context, pim.TenantID, pim.Person) ([]signin.Link, error) {
	return nil, errors.New("away")
}

func (noLinks) PersonsOf(context.Context, pim.PrincipalKey) ([]pim.Person, error) {
	return nil, errors.New("away")
}

func (noLinks) DropLink(context.Context, pim.TenantID, pim.Person, pim.PrincipalKey) error {
	return errors.New("away")
}
