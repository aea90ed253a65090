package demo

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"hoist/internal/sim"
	"hoist/internal/sim/fault"
	"hoist/internal/sim/slack"
	"hoist/internal/sim/tenant"
)

// This file plays what the tenant, its portal and the network do.

// activations is where requests are posted.
const activations = "/v1.0/roleManagement/directory/roleAssignmentScheduleRequests"

func (p *play) decidesInPortal(args []string) error {
	result := tenant.Approve
	if args[1] == "denies" {
		result = tenant.Deny
	}
	for _, r := range p.stage.Sim.Tenant.Requests() {
		if r.Status == tenant.StatusPendingApproval {
			p.out.remark(args[0], args[1]+" in the portal")
			return p.stage.Sim.Tenant.DecideInPortal(r.ID, upnOf(args[0]), result, "decided in the portal")
		}
	}
	return fmt.Errorf("nothing waits for a decision")
}

func (p *play) activatesInPortal(args []string) error {
	role, err := p.stage.roleID(args[1])
	if err != nil {
		return err
	}
	p.out.remark(args[0], "activates "+args[1]+" in the portal")
	_, err = p.stage.Sim.Tenant.ActivateInPortal(upnOf(args[0]), role, tenant.TenantScope, time.Hour, "from the portal")
	return err
}

func (p *play) revokes(args []string) error {
	role, err := p.stage.roleID(args[1])
	if err != nil {
		return err
	}
	p.out.remark("An administrator", "revokes "+args[0]+"'s "+args[1])
	return p.stage.Sim.Tenant.Revoke(upnOf(args[0]), role, tenant.TenantScope, "ben@fjordbank.example")
}

func (p *play) namesApprovers(args []string) error {
	role, err := p.stage.roleID(args[0])
	if err != nil {
		return err
	}
	p.out.remark("An administrator", "names as approvers of "+args[0]+": "+args[1])
	var named []string
	for upn := range strings.SplitSeq(args[1], ", ") {
		who, ok := p.stage.Sim.Tenant.Person(upn)
		if !ok {
			return fmt.Errorf("the tenant knows no %s", upn)
		}
		named = append(named, who.OID)
	}
	return p.stage.Sim.Tenant.ChangePolicy(role, func(policy *tenant.Policy) {
		policy.Approval.Groups, policy.Approval.Users = nil, named
	})
}

func (p *play) demandsContext(args []string) error {
	role, err := p.stage.roleID(args[1])
	if err != nil {
		return err
	}
	p.out.remark("An administrator", "demands the authentication context "+args[0]+" for "+args[1])
	return p.stage.Sim.Tenant.ChangePolicy(role, func(policy *tenant.Policy) { policy.AuthContext = args[0] })
}

func (p *play) takesPermission(args []string) error {
	p.out.remark("An administrator", "takes from Hoist's app: "+args[0])
	taken := strings.Split(args[0], ", ")
	return p.stage.Sim.Tenant.ChangeApp(sim.BotClientID, func(a *tenant.App) {
		a.AppRoles = slices.DeleteFunc(slices.Clone(a.AppRoles), func(r string) bool { return slices.Contains(taken, r) })
	})
}

// graphFails plans how the next activation goes wrong.
func (p *play) graphFails(args []string) error {
	effects := map[string]fault.Effect{
		"loses the answer":   fault.ResetAfter(),
		"loses the question": fault.ResetBefore(),
		"throttles 2s":       fault.Throttle(2 * time.Second),
		"is down":            fault.Unavailable(time.Second),
	}
	effect, ok := effects[args[0]]
	if !ok {
		return fmt.Errorf("Graph cannot %q", args[0]) //nolint:staticcheck // Graph is a name
	}
	p.out.remark("Graph", args[0])
	rule := fault.Rule{Method: http.MethodPost, Path: activations, Effect: effect, Times: 1}
	p.stage.Sim.Faults.Add(rule)
	return nil
}

func (p *play) slackFails(args []string) error {
	outages := map[string]slack.Outage{"is down": slack.ServerError, "is back": slack.Healthy}
	outage, ok := outages[args[0]]
	if !ok {
		return fmt.Errorf("the chat cannot %q", args[0])
	}
	p.settle()
	p.out.remark("Slack's own service", args[0])
	p.stage.Slack.SetFault(slack.Fault{Outage: outage})
	return nil
}

func (p *play) redisFails(args []string) error {
	down, ok := map[string]bool{"is down": true, "is back": false}[args[0]]
	if !ok {
		return fmt.Errorf("the store cannot %q", args[0])
	}
	p.settle()
	p.out.remark("Redis", args[0])
	return p.stage.takeRedis(down)
}

// opensElsewhere is the same person with a second browser.
func (p *play) opensElsewhere(args []string) error {
	link, err := p.follow(args[0], args[1])
	if err != nil {
		return err
	}
	other := newWindow(p.stage.Transport)
	if err := other.open(p.ctx, link); err != nil {
		return err
	}
	p.windows[args[0]] = other
	p.out.remark(args[0], "opens it in another browser")
	p.out.page(args[0], other)
	return nil
}

func (p *play) opensLinkOf(args []string) error {
	link, ok := p.links[args[1]]
	if !ok {
		return fmt.Errorf("%s opened no link yet", args[1])
	}
	p.out.remark(args[0], "opens the link that was "+args[1]+"'s")
	b := p.window(args[0])
	if err := b.open(p.ctx, link); err != nil {
		return err
	}
	p.out.page(args[0], b)
	return nil
}

// previews is what chats do with links: fetch them, without cookies, often.
func (p *play) previews(args []string) error {
	link, ok := p.links[args[0]]
	if !ok {
		return fmt.Errorf("%s opened no link yet", args[0])
	}
	p.out.remark("A preview bot", "fetches "+args[0]+"'s link three times")
	for range 3 {
		if err := newWindow(p.stage.Transport).open(p.ctx, link); err != nil {
			return err
		}
	}
	return nil
}

func (p *play) writes(args []string) error {
	b := p.window(args[0])
	if err := b.page.Write(args[1]); err != nil {
		return err
	}
	p.out.remark(args[0], "writes: "+args[1])
	return nil
}

// pressesTwice is a double click: the same form sent from two windows of one
// browser, one right after the other.
func (p *play) pressesTwice(args []string) error {
	b := p.window(args[0])
	twin := b.twin()
	p.out.remark(args[0], "presses ["+args[1]+"] twice")
	if err := twin.press(p.ctx, args[1]); err != nil {
		return err
	}
	return b.press(p.ctx, args[1])
}

// fillsIn submits the form that is open.
func (p *play) fillsIn(args []string) error {
	u, err := slackVenue{p.stage.Slack}.user(args[0])
	if err != nil {
		return err
	}
	form, err := p.form(u)
	if err != nil {
		return err
	}
	values := map[string]string{}
	for pair := range strings.SplitSeq(args[1], " | ") {
		field, value, ok := strings.Cut(pair, "=")
		if !ok {
			return fmt.Errorf("write field=value, not %q", pair)
		}
		values[field] = value
	}
	if _, err := p.stage.Slack.Suggest(p.ctx, u.ID, form, "right", ""); err != nil {
		return err
	}
	_, err = p.stage.Slack.Submit(p.ctx, u.ID, form, values)
	p.out.remark(args[0], "fills in the form and presses its button")
	return err
}

func (p *play) formShows(args []string) error {
	u, err := slackVenue{p.stage.Slack}.user(args[0])
	if err != nil {
		return err
	}
	form, err := p.form(u)
	if err != nil {
		return err
	}
	if text := p.stage.Slack.RenderView(form).Text(); !containsAll(text, args[1]) {
		return fmt.Errorf("the form shows:\n%s", text)
	}
	return nil
}

func (p *play) form(u slack.User) (slack.View, error) {
	for {
		mark := p.stage.Slack.Mark()
		if form, open := p.stage.Slack.Modal(u.ID); open {
			return form, nil
		}
		if _, err := p.stage.Slack.Wait(p.ctx, mark, func(slack.Entry) bool { return true }); err != nil {
			return slack.View{}, fmt.Errorf("no form is open: %w", err)
		}
	}
}

// harmless checks every message and page element that stands in Slack: nobody
// is notified by text, and nothing that people typed became a link or a format.
func (p *play) harmless([]string) error {
	p.settle()
	for _, e := range p.stage.Slack.Log() {
		switch e.Kind {
		case slack.Posted, slack.Updated, slack.Ephemeral:
		default:
			continue
		}
		r := p.stage.Slack.Render(e.Message, teamReader)
		if len(r.Pings)+len(r.Links)+len(r.Formats) > 0 {
			return fmt.Errorf("pings %v, links %v, formats %v in:\n%s", r.Pings, r.Links, r.Formats, r.Text())
		}
	}
	return nil
}
