package chat

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/sahilm/fuzzy"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"hoist/internal/pim"
)

// Matcher finds the rights that a person's words mean. It never guesses: one
// fit means that the words say that right and no other, at the strictest
// reading that says anything at all.
type Matcher struct{}

var _ pim.Matcher = Matcher{}

// The bounds of what is offered and of what is searched.
const (
	mostSuggestions = 10
	longestQuery    = 256 // bytes; no name in Entra is longer
)

// Match implements [pim.Matcher]. The role is read first, then the scope among
// the rights of that role: a role at another scope is a suggestion, never an
// answer. Without a scope all scopes fit, the tenant as one among them.
func (Matcher) Match(role, scope string, own []pim.Eligibility) pim.Match {
	rights := distinctRights(own)
	if phraseOf(role).letters == "" {
		return pim.Match{Suggestions: atMost(rights, mostSuggestions)}
	}
	ofRole := narrow(role, rights, roleNames)
	if len(ofRole) == 0 {
		return pim.Match{Suggestions: resembling(role, rights)}
	}
	if phraseOf(scope).letters == "" {
		return pim.Match{Fits: ofRole}
	}
	fits := narrow(scope, ofRole, scopeNames)
	if len(fits) == 0 {
		return pim.Match{Suggestions: atMost(ofRole, mostSuggestions)}
	}
	return pim.Match{Fits: fits}
}

// called is what a thing may be called: names in words, and ids that only count
// as a whole.
type called struct {
	names, ids []string
}

func roleNames(e pim.Eligibility) called {
	return called{names: []string{e.Target.Name}, ids: []string{e.Target.ID}}
}

// scopeNames gives the tenant words of its own, so that it can be chosen among
// several scopes. The last part of a scope's id is the object's own id.
func scopeNames(e pim.Eligibility) called {
	if e.Scope.TenantWide() {
		return called{names: []string{e.Scope.Name, "tenant", "directory"}, ids: []string{"/"}}
	}
	id := e.Scope.ID
	return called{names: []string{e.Scope.Name}, ids: []string{id, id[strings.LastIndexByte(id, '/')+1:]}}
}

// reading is one way to take a query for a name, the strictest first.
type reading func(query, name phrase) bool

var readings = []reading{sameLetters, sameWords, wordPrefixes, initials}

// narrow returns the rights that the query means at the strictest reading that
// any right answers to.
func narrow(query string, rights []pim.Eligibility, names func(pim.Eligibility) called) []pim.Eligibility {
	if len(query) > longestQuery {
		return nil
	}
	q := phraseOf(query)
	all := make([][]phrase, len(rights))
	for i, e := range rights {
		all[i] = names(e).phrases()
	}
	for _, reads := range readings {
		var fits []pim.Eligibility
		for i, e := range rights {
			if slices.ContainsFunc(all[i], func(name phrase) bool { return reads(q, name) }) {
				fits = append(fits, e)
			}
		}
		if len(fits) > 0 {
			return fits
		}
	}
	return nil
}

// phrases makes the names comparable. An id has no words, so that only its
// letters can be said.
func (c called) phrases() []phrase {
	var all []phrase
	for _, n := range c.names {
		if n != "" {
			all = append(all, phraseOf(n))
		}
	}
	for _, id := range c.ids {
		if id != "" {
			all = append(all, phrase{letters: foldCase(id)})
		}
	}
	return all
}

// phrase is a name made comparable.
type phrase struct {
	// letters is every character, without letter case and double spaces.
	letters string
	// folded is its words, also without accents and punctuation.
	folded []string
}

func phraseOf(s string) phrase {
	letters := foldCase(norm.NFC.String(tidyName(s)))
	return phrase{letters: letters, folded: strings.FieldsFunc(foldAccents(letters), between)}
}

// sameLetters keeps "C#" and "C++", "Resume" and "Résumé" apart where both
// exist.
func sameLetters(query, name phrase) bool { return query.letters == name.letters }

// sameWords also reads "user-administrator" and "UserAdministrator".
func sameWords(query, name phrase) bool {
	return len(query.folded) > 0 && strings.Join(query.folded, "") == strings.Join(name.folded, "")
}

// wordPrefixes reads "user admin": the beginnings of the first words of a name,
// in order and without a gap. "Exchange admin" is no Exchange Recipient
// Administrator.
func wordPrefixes(query, name phrase) bool {
	if len(query.folded) == 0 || len(query.folded) > len(name.folded) {
		return false
	}
	for i, q := range query.folded {
		if !strings.HasPrefix(name.folded[i], q) {
			return false
		}
	}
	return true
}

// initials reads "UA": the first letter of every word of a name.
func initials(query, name phrase) bool {
	if len(query.folded) != 1 || len(name.folded) < 2 {
		return false
	}
	rest := query.folded[0]
	for _, w := range name.folded {
		letter := string([]rune(w)[:1])
		var ok bool
		if rest, ok = strings.CutPrefix(rest, letter); !ok {
			return false
		}
	}
	return rest == ""
}

// between reports whether r separates words. Marks belong to the letter before
// them.
func between(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
}

func foldCase(s string) string {
	if lowerASCII(s) {
		return s
	}
	return norm.NFC.String(foldLetters(s))
}

// foldLetters folds "ß" and "SS" alike, which lowering does not. It lowers as
// well, because the folding of x/text swaps the two cases of Cherokee.
func foldLetters(s string) string { return strings.ToLower(cases.Fold().String(s)) }

// foldAccents takes off the accents of European scripts and unifies
// compatibility forms. The vowel signs of other scripts are letters in all but
// name and stay.
func foldAccents(s string) string {
	if lowerASCII(s) {
		return s
	}
	bare := strings.Map(func(r rune) rune {
		if '\u0300' <= r && r <= '\u036f' || unseen(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	return norm.NFC.String(foldLetters(bare))
}

// resembling offers the rights whose names look like the query, best first, and
// all when none does: a refusal shall lead on.
func resembling(query string, rights []pim.Eligibility) []pim.Eligibility {
	names := make([]string, len(rights))
	for i, e := range rights {
		names[i] = strings.Join(phraseOf(e.Target.Name).folded, " ")
	}
	pattern := strings.Join(phraseOf(cutRunes(query, longestQuery)).folded, "")
	var alike []pim.Eligibility
	for _, m := range fuzzy.Find(pattern, names) {
		alike = append(alike, rights[m.Index])
	}
	if len(alike) == 0 {
		alike = rights
	}
	return atMost(alike, mostSuggestions)
}

func atMost(all []pim.Eligibility, n int) []pim.Eligibility {
	return all[:min(n, len(all)):min(n, len(all))]
}

// right identifies what an eligibility gives to whom. Access tells the owners
// of a group from its members.
type right struct {
	principal pim.PrincipalKey
	kind      pim.TargetKind
	target    string
	access    string
	scope     string
}

func rightOf(e pim.Eligibility) right {
	scope := strings.ToLower(e.Scope.ID)
	if e.Scope.TenantWide() {
		scope = "/"
	}
	return right{
		principal: pim.NewPrincipalKey(string(e.Principal.Tenant), e.Principal.ID),
		kind:      e.Target.Kind,
		target:    strings.ToLower(e.Target.ID),
		access:    e.Target.Access,
		scope:     scope,
	}
}

// distinctRights counts a right once, however many eligibilities lead to it, and
// puts rights into an order that depends on nothing but themselves. Of several
// eligibilities the one that lasts longest stands for the right.
func distinctRights(own []pim.Eligibility) []pim.Eligibility {
	best := make(map[right]pim.Eligibility, len(own))
	for _, e := range own {
		k := rightOf(e)
		if other, ok := best[k]; !ok || compareWays(e, other) < 0 {
			best[k] = e
		}
	}
	all := make([]ranked, 0, len(best))
	for k, e := range best {
		all = append(all, ranked{right: k, name: foldCase(e.Target.Name), scopeName: foldCase(e.Scope.Name), e: e})
	}
	slices.SortFunc(all, ranked.compare)
	rights := make([]pim.Eligibility, len(all))
	for i, r := range all {
		rights[i] = r.e
	}
	return rights
}

// ranked is a right with what it is ordered by.
type ranked struct {
	right
	name, scopeName string
	e               pim.Eligibility
}

// compare orders by name, the tenant before its parts, then by what cannot be
// equal for two rights.
func (r ranked) compare(o ranked) int {
	return cmp.Or(
		cmp.Compare(r.name, o.name),
		cmp.Compare(r.target, o.target),
		cmp.Compare(r.kind, o.kind),
		cmp.Compare(r.access, o.access),
		tenantFirst(r.right, o.right),
		cmp.Compare(r.scopeName, o.scopeName),
		cmp.Compare(r.scope, o.scope),
		cmp.Compare(r.principal.Tenant, o.principal.Tenant),
		cmp.Compare(r.principal.ID, o.principal.ID),
	)
}

func tenantFirst(x, y right) int {
	switch {
	case x.scope == y.scope:
		return 0
	case x.scope == "/":
		return -1
	case y.scope == "/":
		return 1
	}
	return 0
}

// compareWays orders the eligibilities of one right: the lasting before the
// ending, the direct before the one through a group.
func compareWays(a, b pim.Eligibility) int {
	return cmp.Or(
		-cmp.Compare(lasts(a), lasts(b)),
		cmp.Compare(a.MemberType, b.MemberType),
		cmp.Compare(a.ID, b.ID),
		cmp.Compare(a.Target.Name, b.Target.Name),
		cmp.Compare(a.Scope.Name, b.Scope.Name),
	)
}

// lasts is when an eligibility ends, as a number; never is after everything.
func lasts(e pim.Eligibility) int64 {
	if e.End.IsZero() {
		return math.MaxInt64
	}
	return e.End.Unix()
}
