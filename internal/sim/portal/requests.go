package portal

import (
	"net/http"
	"slices"
	"time"

	"hoist/internal/sim/page"
	"hoist/internal/sim/tenant"
)

// cancel stands beside PIM's two decisions in the same form.
const cancel = "Cancel"

// waiting is a request that is not decided, or one that begins later.
type waiting struct {
	ID, What, Person, Role, Scope string
	Justification, Ticket, Status string
	Created, Start                time.Time
	Duration                      time.Duration
	// Scheduled requests are granted: they can be canceled only.
	Scheduled bool
	// Approvers may decide; Others meet PIM's refusal.
	Approvers, Others []option
	Chat              page.Link
}

func (p *Panel) waiting() []waiting {
	var rows []waiting
	for _, r := range p.cfg.Tenant.Requests() {
		if r.Status == tenant.StatusPendingApproval || r.Status == tenant.StatusGranted {
			rows = append(rows, p.waits(r))
		}
	}
	return rows
}

func (p *Panel) waits(r tenant.Request) waiting {
	w := waiting{
		ID: r.ID, What: p.holding(r.PrincipalID, r.RoleID, r.Scope), Person: p.nameOf(r.PrincipalID),
		Role: p.roleName(r.RoleID), Scope: p.scopeName(r.Scope), Justification: r.Justification, Ticket: r.Ticket.Number,
		Status: r.Status, Created: r.Created, Start: r.Start, Duration: r.Duration,
		Scheduled: r.Status == tenant.StatusGranted, Chat: p.chat(r.PrincipalID),
	}
	approvers := p.cfg.Tenant.Approvers(r.RoleID, r.PrincipalID)
	for _, who := range p.cfg.Tenant.People() {
		if slices.Contains(approvers, who.OID) {
			w.Approvers = append(w.Approvers, personOption(who))
		} else {
			w.Others = append(w.Others, personOption(who))
		}
	}
	return w
}

// decide approves, denies or cancels a request as the chosen person.
func (p *Panel) decide(r *http.Request) (outcome, error) {
	request, ok := p.cfg.Tenant.Request(r.PostFormValue("request"))
	if !ok {
		return outcome{}, mistake("Choose a request of this tenant.")
	}
	who, err := p.person(r, "as")
	if err != nil {
		return outcome{}, err
	}
	reason, err := text(r, "justification", "Justification")
	if err != nil {
		return outcome{}, err
	}
	verbs := map[string]string{tenant.Approve: "approved", tenant.Deny: "denied", cancel: "canceled"}
	decision := r.PostFormValue("decision")
	verb, ok := verbs[decision]
	if !ok {
		return outcome{}, mistake("Choose Approve, Deny or Cancel.")
	}
	if decision == cancel {
		err = p.cfg.Tenant.CancelInPortal(request.ID, who.OID)
	} else {
		err = p.cfg.Tenant.DecideInPortal(request.ID, who.OID, decision, reason)
	}
	if err != nil {
		return outcome{}, err
	}
	what := p.holding(request.PrincipalID, request.RoleID, request.Scope)
	return outcome{who.Name + " " + verb + " " + what + " in the portal.", p.chat(request.PrincipalID)}, nil
}
