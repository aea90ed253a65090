package demo

import (
	"slices"
	"strings"
	"unicode"
)

// This file is what the tour sees of a day: what the channel and Ada's cards say.

// told reports whether a person's direct messages show something, announced
// whether the channel does.
func (s *Stage) told(actor, parts string) bool { return shows(s.Chat.direct(actor), parts) }
func (s *Stage) announced(parts string) bool   { return shows(s.Chat.room("elevations"), parts) }

// began reports whether Ada held a role, now or before, waiting whether hers waits
// for an approval.
func (s *Stage) began(role string) bool {
	return s.announced(ada+" holds "+role) || s.announced(ada+" held "+role)
}

func (s *Stage) waiting(role string) bool { return s.announced(ada + " waits for approval of " + role) }

// asked reports whether a request of Ada's for a role is on its way, or came to
// something.
func (s *Stage) asked(role string) bool {
	_, lost := s.lost(role)
	return !lost && (s.began(role) || len(s.requests(role)) > 0)
}

// lost reports whether all that Ada asked for a role came to nothing, or may have,
// and what the newest card says of it.
func (s *Stage) lost(role string) (came string, lost bool) {
	if role == "" || s.began(role) {
		return "", false
	}
	for _, r := range s.requests(role) {
		if came = r.headline; came != unknown && !slices.Contains(nothing, came) {
			return "", false
		}
	}
	return came, came != ""
}

// The headlines of cards: of those whose request came to nothing, of one of which
// nobody knows, and of one that waits for a sign-in to look.
var nothing = []string{
	"Denied", "Withdrawn", "Nothing came of it", "Not possible", "PIM said no", "Not found in PIM",
}

const (
	unknown = "Unknown: PIM's answer was lost"
	look    = "Sign in, so that Hoist can look"
)

// looking reports whether Hoist wants a sign-in of Ada's to look what became of a
// request, signsIn whether it wants one for anything.
func (s *Stage) looking(role string) bool {
	return slices.ContainsFunc(s.requests(role), func(r request) bool { return r.headline == look })
}

func (s *Stage) signsIn(role string) bool {
	return slices.ContainsFunc(s.requests(role), func(r request) bool { return strings.Contains(r.text, "[Sign in to continue]") })
}

// request is a card that Ada has of one.
type request struct{ headline, text string }

// requests are Ada's cards for a role, oldest first. A card says which role it is
// for, or what was asked where no role was found.
func (s *Stage) requests(role string) []request {
	var all []request
	for _, m := range s.Chat.direct("Ada") {
		headline, rest, _ := strings.Cut(m.text, "\n")
		if strings.Contains(rest, "\nReference ") && (strings.HasPrefix(rest, "Role: "+role) || strings.HasPrefix(rest, "Asked: role "+role)) {
			all = append(all, request{strings.TrimLeftFunc(headline, notLetter), rest})
		}
	}
	return all
}

// notLetter is the sign before a headline.
func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func shows(all []seen, parts string) bool {
	for _, m := range all {
		if containsAll(m.text, parts) {
			return true
		}
	}
	return false
}
