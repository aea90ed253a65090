package chat

import (
	"fmt"
	"strings"
	"time"

	"hoist/internal/pim"
)

// This file holds the facts that the sign-in pages show of a request.

// requestFacts are what was asked for.
func requestFacts(e pim.Elevation) []Fact {
	facts := []Fact{{Label: "Role", Value: Line{typed(roleName(e))}}, {Label: "Where", Value: scopeOf(e)}}
	if e.Terms.Duration > 0 {
		facts = append(facts, Fact{Label: durationLabel(e), Value: Say(spokenDuration(e.Terms.Duration))})
	}
	return append(append(facts, startFact(e)...), whyFacts(e)...)
}

// whyFacts are what the person gave for it, and who they are.
func whyFacts(e pim.Elevation) []Fact {
	var facts []Fact
	if e.Ask.Justification != "" {
		facts = append(facts, Fact{Label: "Reason", Value: Line{typed(cutTyped(e.Ask.Justification))}})
	}
	if t := e.Ask.Ticket; t.Number != "" || t.System != "" {
		facts = append(facts, Fact{Label: "Ticket", Value: Line{typed(cutTyped(strings.TrimSpace(t.System + " " + t.Number)))}})
	}
	return append(facts, askedBy(e))
}

// durationLabel tells what may come true from what was only asked for: a role
// that ended early did not last as long.
func durationLabel(e pim.Elevation) string {
	if e.State.Open() {
		return "How long"
	}
	return "Asked for"
}

// accountFact names the account, under a label for whether it has signed in.
func accountFact(e pim.Elevation, label string) []Fact {
	if e.Principal.IsZero() {
		return nil
	}
	return []Fact{{Label: label, Value: Line{typed(AccountName(e.Principal))}}}
}

// askedBy names the chat account by what cannot be chosen freely as well: a
// display name alone can be anybody's.
func askedBy(e pim.Elevation) Fact {
	var who Line
	if e.Name != "" {
		who = Line{typed(e.Name), plain(", ")}
	}
	where := fmt.Sprintf("%s user %s in %s", platformName(e.Person.Platform), e.Person.User, e.Person.Workspace)
	return Fact{Label: "Asked by", Value: append(who, plain(where))}
}

func scopeOf(e pim.Elevation) Line {
	switch s := e.Eligibility.Scope; {
	case s.TenantWide():
		return Say("The whole directory")
	case s.Name != "":
		return Line{typed(s.Name)}
	default:
		return Line{{Kind: Code, Text: s.ID}}
	}
}

// startFact is when it starts, or did: as asked for until PIM has said more, and
// nothing where nothing will start.
func startFact(e pim.Elevation) []Fact {
	switch e.State {
	case pim.Active, pim.Expired, pim.EndedEarly:
		return startedAt("Started", e.Activation.Start)
	case pim.Scheduled:
		return startedAt("Starts", e.Activation.Start)
	case pim.Provisioning, pim.Denied, pim.Canceled, pim.Lapsed, pim.Refused, pim.Failed, pim.Unresolved:
		return startedAt("Asked to start", e.Terms.Start)
	default:
		return []Fact{{Label: "Starts", Value: startOf(e)}}
	}
}

func startedAt(label string, at time.Time) []Fact {
	if at.IsZero() {
		return nil
	}
	return []Fact{{Label: label, Value: Line{{Kind: Moment, At: at, WithDate: true}}}}
}

func startOf(e pim.Elevation) Line {
	switch {
	case !e.Terms.Start.IsZero():
		return Line{{Kind: Moment, At: e.Terms.Start, WithDate: true}}
	case e.Terms.NeedsApproval:
		return Say("When it is approved")
	default:
		return Say("At once")
	}
}
