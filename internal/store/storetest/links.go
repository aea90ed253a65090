package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
)

func (s scene) account(id string) pim.Principal {
	return pim.Principal{PrincipalKey: pim.NewPrincipalKey(string(s.tenant), id), UPN: id + "@contoso.test", Name: id}
}

// lower makes the tenant one that Entra could have: folded.
func (s scene) lower() scene {
	s.tenant = s.account("").Tenant
	return s
}

func (s scene) link(t *testing.T, p pim.Person, account, how string) Link {
	t.Helper()
	l := Link{Person: p, Principal: s.account(account), How: how, At: s.now()}
	if err := s.Store.PutLink(t.Context(), s.tenant, l.Person, l.Principal, l.How, l.At); err != nil {
		t.Fatal(err)
	}
	s.Clock.Advance(time.Minute)
	return l
}

func (s scene) wantLinks(t *testing.T, p pim.Person, want ...Link) {
	t.Helper()
	got, err := s.Store.LinksOf(t.Context(), s.tenant, p)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(append([]Link{}, want...), append([]Link{}, got...)); diff != "" {
		t.Errorf("links of %s (-want +got)\n%s", p.Key(), diff)
	}
}

func (s scene) wantPersons(t *testing.T, account string, want ...pim.Person) {
	t.Helper()
	got, err := s.Store.PersonsOf(t.Context(), s.account(account).PrincipalKey)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(append([]pim.Person{}, want...), append([]pim.Person{}, got...)); diff != "" {
		t.Errorf("persons of %s (-want +got)\n%s", account, diff)
	}
}

func linksGoBothWays(t *testing.T, s scene) {
	s = s.lower()
	s.wantLinks(t, ann)
	s.wantPersons(t, "ann")
	daily := s.link(t, ann, "ann", "sign-in")
	admin := s.link(t, ann, "ann-admin", "sign-in")
	teams := pim.Person{Platform: "teams", Workspace: string(s.tenant), User: "29:1/ab|c"}
	other := s.link(t, teams, "ann", "mapping")
	s.wantLinks(t, ann, daily, admin)
	s.wantLinks(t, teams, other)
	s.wantPersons(t, "ann", ann, teams)
	s.wantPersons(t, "ann-admin", ann)
	s.wantPersons(t, "ANN", ann, teams)
}

func linksAreReplacedAndDropped(t *testing.T, s scene) {
	s = s.lower()
	s.link(t, ann, "ann", "mapping")
	again := s.link(t, ann, "ann", "sign-in")
	s.wantLinks(t, ann, again)
	s.wantPersons(t, "ann", ann)
	kept := s.link(t, ann, "ann-admin", "sign-in")
	for range 2 { // dropping what is not there is nothing
		if err := s.Store.DropLink(t.Context(), s.tenant, ann, s.account("ann").PrincipalKey); err != nil {
			t.Fatal(err)
		}
	}
	s.wantLinks(t, ann, kept)
	s.wantPersons(t, "ann")
}

func linksRefuseAnotherTenant(t *testing.T, s scene) {
	s = s.lower()
	stranger := s.account("ann")
	stranger.Tenant = "elsewhere"
	if err := s.Store.PutLink(t.Context(), s.tenant, ann, stranger, "sign-in", s.now()); err == nil {
		t.Error("an account of another tenant was linked")
	}
	if err := s.Store.PutLink(t.Context(), s.tenant, ann, pim.Principal{}, "sign-in", s.now()); err == nil {
		t.Error("no account was linked")
	}
	s.wantLinks(t, ann)
}
