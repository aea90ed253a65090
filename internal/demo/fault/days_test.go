package fault_test

import (
	"fmt"
	"time"

	"hoist/internal/sim"
	"hoist/internal/sim/fault"
	"hoist/internal/sim/tenant"
)

// What is typed, pressed and read in the stories.
const (
	asksForUsers    = "/elevate User Administrator 2h because rotating keys"
	asksForSecurity = "/elevate Security Administrator 2h because an incident"
	signIn          = "Sign in to continue"
	signInToEnd     = "Sign in to end it"
	reasonField     = "reason"
)

func (w *world) ada() (*person, *script) {
	return w.person(ada, "ada@"+sim.Domain), &script{w: w}
}

// asked is the first stage of most stories.
func (s *script) asked(p *person, line string) {
	s.stage("ask", s.types(p, line), s.reads(p, signIn))
}

func (s *script) types(p *person, line string) func() error {
	return func() error { return p.types(line) }
}

func (s *script) reads(p *person, says string) func() error {
	return func() error { return p.waits(says, nil) }
}

// signs is the person following the link until a card says so.
func (s *script) signs(p *person, says string) func() error {
	return func() error { return p.waits(says, p.follows(signIn)) }
}

// activate: asked for, signed in, active, warned, over.
func activate(w *world) error {
	p, s := w.ada()
	s.asked(p, asksForUsers)
	s.stage("signin", s.signs(p, "Active until"))
	s.stage("seen", s.later(61*time.Second))
	s.stage("warned", s.to(9*time.Minute))
	s.stage("end", s.to(-time.Second), s.reads(p, "Ended at"))
	return s.afterwards()
}

// approval: an approver decides as himself.
func approval(w *world) error {
	p, s := w.ada()
	approver := w.person(ben, "ben@"+sim.Domain)
	s.asked(p, asksForSecurity)
	s.stage("signin", s.signs(p, "Waiting for approval"), s.reads(approver, "asks for Security Administrator"))
	s.stage("decide", func() error { return p.waits("Active until", approver.follows("Approve")) })
	s.stage("end", s.to(-time.Second), s.reads(p, "Ended at"))
	return s.afterwards()
}

// cancel: the person takes back what waits.
func cancel(w *world) error {
	p, s := w.ada()
	s.asked(p, asksForSecurity)
	s.stage("signin", s.signs(p, "Waiting for approval"))
	s.stage("cancel", func() error { return p.waits("Withdrawn", p.ends("Withdraw")) })
	return s.afterwards()
}

// portal: an approver decides in the portal.
func portal(w *world) error {
	p, s := w.ada()
	s.asked(p, asksForSecurity)
	s.stage("signin", s.signs(p, "Waiting for approval"))
	s.stage("decided", s.decide(tenant.Approve), s.later(61*time.Second), s.reads(p, "Active until"))
	s.stage("end", s.to(-time.Second), s.reads(p, "Ended at"))
	return s.afterwards()
}

// denied: an approver says no in the portal; the audit log tells.
func denied(w *world) error {
	p, s := w.ada()
	s.asked(p, asksForSecurity)
	s.stage("signin", s.signs(p, "Waiting for approval"))
	s.stage("decided", s.decide(tenant.Deny), s.later(61*time.Second), s.reads(p, "Denied"))
	return s.afterwards()
}

// decide decides in the portal what waits there.
func (s *script) decide(result string) func() error {
	return func() error {
		for _, r := range s.w.sim.Tenant.Requests() {
			if r.Status == tenant.StatusPendingApproval {
				s.w.note("Ben decides in the portal: %s", result)
				return s.w.sim.Tenant.DecideInPortal(r.ID, "ben@"+sim.Domain, result, "seen")
			}
		}
		return fmt.Errorf("nothing waits for a decision")
	}
}

// stop: ended by the person before its time.
func stop(w *world) error {
	p, s := w.ada()
	s.asked(p, asksForUsers)
	s.stage("signin", s.signs(p, "Active until"))
	s.stage("seen", s.later(6*time.Minute))
	s.stage("stop", func() error { return p.waits("Ended early", p.ends("Stop")) })
	return s.afterwards()
}

// ends is what a person does who wants to end something: press the button, then
// follow the link, and both again when nothing comes of it.
func (p *person) ends(button string) func() {
	follow := p.follows(signInToEnd)
	return func() {
		if p.has(signInToEnd) {
			follow()
			return
		}
		if time.Since(p.tried) > 1500*time.Millisecond && p.press(button) {
			p.tried = time.Time{} // the link may be followed at once
		}
	}
}

// choice: two rights fit the words.
func choice(w *world) error {
	p, s := w.ada()
	s.stage("ask", s.types(p, "/elevate helpdesk 1h because a customer waits"), s.reads(p, "Which one do you mean"))
	s.stage("choose", func() error {
		return p.waits(signIn, func() {
			if time.Since(p.tried) > 1500*time.Millisecond {
				p.press("Helpdesk Administrator on Branch offices")
				p.tried = time.Now()
			}
		})
	})
	s.stage("signin", s.signs(p, "Active until"))
	s.stage("end", s.to(-time.Second), s.reads(p, "Ended at"))
	return s.afterwards()
}

// withdraw: the person thinks better of it before anything is sent.
func withdraw(w *world) error {
	p, s := w.ada()
	s.asked(p, asksForUsers)
	s.stage("withdraw", func() error {
		return p.waits("Withdrawn", func() {
			if time.Since(p.tried) > 1500*time.Millisecond {
				p.press("Withdraw")
				p.tried = time.Now()
			}
		})
	})
	return s.afterwards()
}

// refused: the policy says no.
func refused(w *world) error {
	p, s := w.ada()
	s.stage("ask", s.types(p, "/elevate User Administrator 9h because a long day"), s.reads(p, "Not possible"))
	return s.afterwards()
}

// failed: PIM says no, because the policy changed after the link was given.
func failed(w *world) error {
	p, s := w.ada()
	s.asked(p, asksForUsers)
	s.stage("signin", func() error {
		return w.sim.Tenant.ChangePolicy(tenant.UserAdministrator, func(x *tenant.Policy) { x.MaxDuration = time.Hour })
	}, s.signs(p, "PIM said no"))
	return s.afterwards()
}

// lapsed: nobody signs in.
func lapsed(w *world) error {
	p, s := w.ada()
	s.asked(p, asksForUsers)
	s.stage("lapse", s.later(11*time.Minute), s.reads(p, "Nothing came of it"))
	return s.afterwards()
}

// scheduled: granted for later.
func scheduled(w *world) error {
	p, s := w.ada()
	s.stage("ask", s.types(p, "/elevate User Administrator 1h in 30m because a change window"), s.reads(p, signIn))
	s.stage("signin", s.signs(p, "Granted; it starts at"))
	s.stage("begin", s.later(31*time.Minute), s.later(61*time.Second), s.reads(p, "Active until"))
	s.stage("end", s.to(-time.Second), s.reads(p, "Ended at"))
	return s.afterwards()
}

// provisioning: PIM takes its time.
func provisioning(w *world) error {
	w.sim.Tenant.ChangeBehaviour(func(b *tenant.Behaviour) { b.ProvisioningLag = 3 * time.Minute })
	p, s := w.ada()
	s.asked(p, asksForUsers)
	s.stage("signin", s.signs(p, "PIM said yes"))
	s.stage("begin", s.later(4*time.Minute), s.reads(p, "Active until"))
	s.stage("end", s.to(-time.Second), s.reads(p, "Ended at"))
	return s.afterwards()
}

// unresolved: PIM took the request, its answer was lost, and it cannot be looked
// up; a list tells in the end.
func unresolved(w *world) error {
	const path = "/v1.0/roleManagement/directory/roleAssignmentScheduleRequests"
	w.sim.Faults.Add(fault.Rule{Method: "POST", Path: path, Effect: fault.ResetAfter()})
	w.sim.Faults.Add(fault.Rule{Method: "GET", Path: path + "/**", Times: 20, Effect: fault.ResetBefore()})
	w.sim.Tenant.ChangeBehaviour(func(b *tenant.Behaviour) { b.InstanceLag = 5 * time.Minute })
	p, s := w.ada()
	s.asked(p, asksForUsers)
	s.stage("signin", s.signs(p, "Unknown: PIM's answer was lost"))
	s.stage("found", s.later(6*time.Minute), s.reads(p, "Active until"))
	s.stage("end", s.to(-time.Second), s.reads(p, "Ended at"))
	return s.afterwards()
}
