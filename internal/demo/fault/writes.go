package fault

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"hoist/internal/pim"
	"hoist/internal/sim/tenant"
)

// This file judges what was written to PIM: I2, I3 and I6.

const requestsTemplate = "roleManagement/directory/roleAssignmentScheduleRequests"

// singles: one elevation asks for one activation, and no two of a right overlap.
func (j *judge) singles() {
	count := map[pim.ID]int{}
	for _, r := range j.Requests {
		if id := reference(r); id != "" && strings.EqualFold(r.Action, "selfActivate") && !r.ValidationOnly {
			if count[id]++; count[id] == 2 {
				j.broken("I2", "%s asked PIM for more than one activation", id)
			}
		}
	}
	granted := activations(j.Requests)
	for i, a := range granted {
		for _, b := range granted[:i] {
			same := a.request.PrincipalID == b.request.PrincipalID && a.request.RoleID == b.request.RoleID && a.request.Scope == b.request.Scope
			if same && a.start.Before(b.over) && b.start.Before(a.over) {
				j.broken("I2", "%s and %s overlap", a.elevation, b.elevation)
			}
		}
	}
}

// intents: before every write to PIM there is a record of it.
func (j *judge) intents() {
	log := entries(j.Audit)
	recorded := func(id pim.ID, by time.Time, events ...string) bool {
		return slices.ContainsFunc(log, func(e entry) bool {
			return (id == "" || e.Record.Elevation == id) && slices.Contains(events, e.Record.Event) && !e.At.After(by)
		})
	}
	for _, r := range j.Requests {
		events := []string{"Submit"}
		if strings.EqualFold(r.Action, "selfDeactivate") {
			events = []string{string(pim.PurposeStop)}
		}
		if id := reference(r); id == "" || !recorded(id, r.Created, events...) {
			j.broken("I3", "PIM has a request (%s, %s) that no record announced", r.Action, r.Justification)
		}
	}
	j.noMore(log, "requests", requestsTemplate, http.MethodPost, "Submit", string(pim.PurposeStop))
	j.noMore(log, "decisions", "", http.MethodPatch, "Decide")
}

// noMore: no more was sent than was recorded.
func (j *judge) noMore(log []entry, what, template, method string, events ...string) {
	sent, meant := 0, 0
	for _, c := range j.Calls {
		if c.Method == method && (template == "" || c.Template == template) {
			sent++
		}
	}
	for _, e := range log {
		if slices.Contains(events, e.Record.Event) {
			meant++
		}
	}
	if sent > meant {
		j.broken("I3", "%d %s were sent, %d recorded", sent, what, meant)
	}
}

// persons: PIM was asked by the person who asked, with a token of their own.
func (j *judge) persons() {
	for _, r := range j.Requests {
		i := slices.IndexFunc(j.Records, func(e pim.Elevation) bool { return e.ID == reference(r) })
		if i < 0 {
			j.broken("I6", "a request of nobody: %s", r.Justification)
			continue
		}
		e := j.Records[i]
		if r.PrincipalID != e.Principal.ID || r.CreatedBy != e.Principal.ID || !slices.Contains(j.Linked[e.Person.User], r.PrincipalID) {
			j.broken("I6", "%s is %s's, but PIM was asked by %s for %s", e.ID, e.Person.User, r.CreatedBy, r.PrincipalID)
		}
	}
	for _, c := range j.Calls {
		if c.Method == http.MethodPatch && slices.ContainsFunc(j.Requests, func(r tenant.Request) bool { return r.PrincipalID == c.OID }) {
			j.broken("I6", "%s decided on their own request", c.OID)
		}
		if c.Method != http.MethodGet && (c.TokenKind != "delegated" || !j.isLinked(c.OID)) {
			j.broken("I6", "%s %s with a token of kind %s, account %s", c.Method, c.Template, c.TokenKind, c.OID)
		}
	}
}

func (j *judge) isLinked(oid string) bool {
	for _, accounts := range j.Linked {
		if slices.Contains(accounts, oid) {
			return true
		}
	}
	return false
}
