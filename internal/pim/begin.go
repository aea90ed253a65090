package pim

import "time"

// This file is how an elevation begins; apply.go is how it goes on.

// begin is an elevation as the door records it.
func begin(id ID, t TenantID, p Person, proof string, ask Ask, now time.Time) Elevation {
	return Elevation{
		ID: id, Tenant: t, Revision: 1, Created: now, Proof: proof, Person: p, Ask: ask,
		State: Requested, Since: now, Deadline: now.Add(requestedFor),
		Posts: []Post{{Place: direct(Requester, p)}},
	}
}

// foreign is an elevation that an app-only list showed and nobody here asked
// for. Its person is the account itself, who is in no chat.
func foreign(id ID, t TenantID, a Assignment, feeds []Place, now time.Time) Elevation {
	e := Elevation{
		ID: id, Tenant: t, Revision: 1, View: 1, Created: now, Foreign: true,
		Person:    Person{Platform: "pim", Workspace: string(t), User: a.Principal.ID},
		Principal: a.Principal, Terms: Terms{Duration: a.End.Sub(a.Start)},
		Eligibility: Eligibility{Principal: a.Principal.PrincipalKey, Target: a.Target, Scope: a.Scope},
		Activation:  Activation{ScheduleID: a.ScheduleID, Status: "Provisioned", Start: a.Start, End: a.End},
		Sight:       Sight{Seen: true},
	}
	e.showTo(feeds)
	e.enter(Active, now, a.End)
	e.owe(OccasionStarted, a.Start)
	return e
}
