package chat

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hoist/internal/pim"
)

// eligible makes the right to a directory role, for the tenant when no scope is
// named.
func eligible(role, scope string) pim.Eligibility {
	e := pim.Eligibility{
		ID:        "e-" + role + "-" + scope,
		Principal: pim.NewPrincipalKey("t", "ada"),
		Target:    pim.Target{Kind: pim.DirectoryRole, ID: "id-" + strings.ReplaceAll(role, " ", "-"), Name: role},
		Scope:     pim.Scope{ID: "/"},
	}
	if scope != "" {
		e.Scope = pim.Scope{ID: "/administrativeUnits/" + strings.ToLower(scope) + "-id", Name: scope}
	}
	return e
}

// labels are the role and scope names of rights, for comparison.
func labels(all []pim.Eligibility) []string {
	var out []string
	for _, e := range all {
		out = append(out, strings.TrimSuffix(e.Target.Name+" @ "+e.Scope.Name, " @ "))
	}
	return out
}

func TestMatcher(t *testing.T) {
	own := []pim.Eligibility{
		eligible("User Administrator", ""),
		eligible("Global Reader", ""),
		eligible("Global Administrator", ""),
		eligible("Exchange Recipient Administrator", ""),
		eligible("Helpdesk Administrator", "Finance unit"),
		eligible("Helpdesk Administrator", "Sales"),
		eligible("Helpdesk Administrator", ""),
		eligible("Rôle d’Été", ""),
		eligible("C#", ""),
		eligible("C++", ""),
	}
	const helpdesk = "Helpdesk Administrator"
	tests := []struct {
		name, role, scope string
		fits, suggestions []string
	}{
		{name: "takes_the_exact_name", role: "User Administrator", fits: []string{"User Administrator"}},
		{name: "takes_any_letter_case", role: "uSER aDMINISTRATOR", fits: []string{"User Administrator"}},
		{name: "folds_punctuation_and_spaces", role: "user-administrator", fits: []string{"User Administrator"}},
		{name: "folds_missing_spaces", role: "Help Desk Administrator", scope: "sales", fits: []string{helpdesk + " @ Sales"}},
		{name: "folds_accents", role: "role d'ete", fits: []string{"Rôle d’Été"}},
		{name: "tells_names_of_signs_apart", role: "c#", fits: []string{"C#"}},
		{name: "asks_when_only_signs_differ", role: "c", fits: []string{"C#", "C++"}},
		{name: "takes_the_id_of_a_role", role: "ID-Global-Reader", fits: []string{"Global Reader"}},
		{name: "takes_word_prefixes", role: "user admin", fits: []string{"User Administrator"}},
		{name: "takes_the_first_word", role: "user", fits: []string{"User Administrator"}},
		{name: "asks_when_prefixes_fit_two", role: "global", fits: []string{"Global Administrator", "Global Reader"}},
		{name: "takes_initials", role: "UA", fits: []string{"User Administrator"}},
		{name: "takes_no_part_of_initials", role: "ER", suggestions: []string{"Exchange Recipient Administrator", "User Administrator", helpdesk, helpdesk + " @ Finance unit", helpdesk + " @ Sales", "Global Reader"}},
		{name: "leaves_no_gap_between_prefixes", role: "exchange admin", suggestions: []string{"Exchange Recipient Administrator"}},
		{name: "only_suggests_what_looks_alike", role: "usr admn", suggestions: []string{"User Administrator"}},
		{name: "asks_for_the_scope", role: "helpdesk admin", fits: []string{helpdesk, helpdesk + " @ Finance unit", helpdesk + " @ Sales"}},
		{name: "takes_a_scope_by_prefix", role: "helpdesk", scope: "fin", fits: []string{helpdesk + " @ Finance unit"}},
		{name: "takes_a_scope_by_initials", role: "helpdesk", scope: "FU", fits: []string{helpdesk + " @ Finance unit"}},
		{name: "takes_a_scope_by_its_object_id", role: "helpdesk", scope: "sales-id", fits: []string{helpdesk + " @ Sales"}},
		{name: "takes_a_scope_by_its_whole_id", role: "helpdesk", scope: "/administrativeUnits/sales-id", fits: []string{helpdesk + " @ Sales"}},
		{name: "takes_the_tenant_by_name", role: "helpdesk", scope: "tenant", fits: []string{helpdesk}},
		{name: "takes_the_tenant_by_its_id", role: "helpdesk", scope: "/", fits: []string{helpdesk}},
		{name: "suggests_other_scopes", role: "user admin", scope: "Sales", suggestions: []string{"User Administrator"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Matcher{}.Match(tt.role, tt.scope, own)
			if diff := cmp.Diff(tt.fits, labels(got.Fits)); diff != "" {
				t.Errorf("fits (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.suggestions, labels(got.Suggestions)); diff != "" {
				t.Errorf("suggestions (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMatcher_reads_no_words_as_no_answer(t *testing.T) {
	var own []pim.Eligibility
	for c := 'A'; c <= 'Z'; c++ {
		own = append(own, eligible(string(c)+" Reader", ""))
	}
	for _, role := range []string{"", " \u200b", "zzz"} {
		got := Matcher{}.Match(role, "", own)
		if len(got.Fits) != 0 || len(got.Suggestions) != mostSuggestions || got.Suggestions[0].Target.Name != "A Reader" {
			t.Errorf("Match(%q) = %v, %v", role, labels(got.Fits), labels(got.Suggestions))
		}
	}
	one := Matcher{}.Match("", "", own[:1])
	if len(one.Fits) != 0 {
		t.Error("the only right was taken for an answer to nothing")
	}
}

func TestMatcher_counts_a_right_once(t *testing.T) {
	direct := eligible("User Administrator", "")
	direct.MemberType, direct.End = "Direct", time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	group := direct
	group.ID, group.MemberType, group.End = "e-group", "Group", time.Time{}
	group.Scope.ID = "" // PIM writes the tenant either way
	got := Matcher{}.Match("ua", "", []pim.Eligibility{direct, group})
	if diff := cmp.Diff([]pim.Eligibility{group}, got.Fits); diff != "" {
		t.Errorf("want the eligibility that lasts (-want +got):\n%s", diff)
	}
}

func TestMatcher_asks_which_account_and_which_access(t *testing.T) {
	daily := eligible("User Administrator", "")
	admin := daily
	admin.Principal = pim.NewPrincipalKey("t", "ada-admin")
	if got := (Matcher{}).Match("ua", "", []pim.Eligibility{admin, daily}); len(got.Fits) != 2 {
		t.Errorf("two accounts: %d fits, want 2", len(got.Fits))
	}
	member := eligible("Operators", "")
	member.Target.Kind, member.Target.Access = pim.Group, "member"
	owner := member
	owner.Target.Access = "owner"
	if got := (Matcher{}).Match("operators", "", []pim.Eligibility{member, owner}); len(got.Fits) != 2 {
		t.Errorf("member and owner: %d fits, want 2", len(got.Fits))
	}
}

// drawRights makes rights whose names collide in many ways.
func drawRights(t *rapid.T) []pim.Eligibility {
	word := rapid.SampledFrom([]string{"User", "Us", "U", "Admin", "Administrator", "A", "Ua", "UA"})
	name := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(word, 1, 3).Draw(t, "words"), " ")
	})
	one := rapid.Custom(func(t *rapid.T) pim.Eligibility {
		e := eligible(name.Draw(t, "role"), rapid.SampledFrom([]string{"", "Sales", "Sales unit"}).Draw(t, "scope"))
		e.Target.ID = fmt.Sprintf("%x", e.Target.Name)
		e.Principal.ID = rapid.SampledFrom([]string{"ada", "ada-admin"}).Draw(t, "principal")
		e.ID = rapid.StringMatching(`e[0-9]{4}`).Draw(t, "id")
		return e
	})
	return rapid.SliceOfN(one, 0, 8).Draw(t, "own")
}

// TestMatcher_never_guesses checks the promise by a second, plainer reading of
// the rules than the product's.
func TestMatcher_never_guesses(t *testing.T) {
	says := []func(query, name string) bool{
		strings.EqualFold,
		func(q, n string) bool {
			return strings.EqualFold(strings.ReplaceAll(q, " ", ""), strings.ReplaceAll(n, " ", ""))
		},
		func(q, n string) bool {
			qs, ns := strings.Fields(strings.ToLower(q)), strings.Fields(strings.ToLower(n))
			if len(qs) > len(ns) {
				return false
			}
			for i := range qs {
				if !strings.HasPrefix(ns[i], qs[i]) {
					return false
				}
			}
			return true
		},
		func(q, n string) bool {
			var letters string
			for w := range strings.FieldsSeq(n) {
				letters += w[:1]
			}
			return len(letters) > 1 && strings.EqualFold(q, letters)
		},
	}
	rapid.Check(t, func(t *rapid.T) {
		own := drawRights(t)
		query := rapid.OneOf(
			rapid.SampledFrom([]string{"u", "ua", "user", "user admin", "us a", "a", "uaa", "usera dmin"}),
			rapid.StringMatching(`[Uu](s|ser)?( [Aa]d?(min)?)?`),
		).Draw(t, "query")
		got := Matcher{}.Match(query, "", own)
		for _, say := range says {
			meant := map[pim.Triple]bool{}
			for _, e := range own {
				if say(query, e.Target.Name) {
					meant[e.Triple()] = true
				}
			}
			if len(meant) == 0 {
				continue
			}
			if len(got.Fits) != len(meant) || len(got.Suggestions) != 0 {
				t.Fatalf("Match(%q): fits %v, want %d", query, labels(got.Fits), len(meant))
			}
			for _, e := range got.Fits {
				if !meant[e.Triple()] {
					t.Fatalf("Match(%q): %s is not meant", query, e.Target.Name)
				}
			}
			return
		}
		if len(got.Fits) != 0 {
			t.Fatalf("Match(%q) guesses %v", query, labels(got.Fits))
		}
	})
}

func TestMatcher_answers_alike_in_any_order(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		own := drawRights(t)
		query := rapid.SampledFrom([]string{"", "u", "ua", "user admin", "zz"}).Draw(t, "query")
		scope := rapid.SampledFrom([]string{"", "sales", "su", "tenant"}).Draw(t, "scope")
		before := slices.Clone(own)
		want := Matcher{}.Match(query, scope, own)
		if !cmp.Equal(before, own) {
			t.Fatal("the caller's list was changed")
		}
		got := Matcher{}.Match(query, scope, rapid.Permutation(own).Draw(t, "shuffled"))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("another order (-want +got):\n%s", diff)
		}
	})
}

func TestMatcher_takes_any_text(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String()
		own := []pim.Eligibility{eligible(name.Draw(t, "a"), ""), eligible(name.Draw(t, "b"), name.Draw(t, "unit"))}
		query := rapid.OneOf(name, rapid.Just(own[0].Target.Name)).Draw(t, "query")
		got := Matcher{}.Match(query, name.Draw(t, "scope"), own)
		if len(got.Fits) > 0 && len(got.Suggestions) > 0 {
			t.Fatal("an answer with suggestions beside it")
		}
	})
}

func FuzzMatch(f *testing.F) {
	f.Add("ua", "", "User Administrator")
	f.Add("\xff", "/", "\u0300")
	f.Fuzz(func(_ *testing.T, role, scope, name string) {
		Matcher{}.Match(role, scope, []pim.Eligibility{eligible(name, ""), eligible(name, name)})
	})
}
