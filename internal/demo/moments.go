package demo

import (
	"net/url"
	"slices"

	"hoist/internal/sim"
	"hoist/internal/sim/page"
)

// This file is what the tour says and does, moment by moment.

// moment is a piece of a step.
type moment struct {
	step        int
	title, text string
	// link leads to where it takes place; a link that opens as somebody says so.
	// more are further places that the text names.
	link page.Link
	more []page.Link
	// role is what the moment's request is for: when that came to nothing, the
	// tour goes back to asking for it. Empty is not about a request.
	role string
	// come reports whether it has come true; nil waits for the visitor.
	come func(*Stage) bool
	// script does it in the visitor's place. Where it fails, renew changes Ada's
	// card, and it is tried once more.
	script, renew string
	// unheld is what it says, and does not do, when Ada never held her first role.
	unheld string
	// lost marks a moment that asks again, looks one at which Hoist finds out
	// what became of a request before.
	lost, looks bool
}

// The roles that the tour asks for, and the lines it does so with.
const (
	firstRole, secondRole = "User Administrator", "Security Administrator"

	firstLine  = "/elevate " + firstRole + " 2h because rotating keys"
	secondLine = "/elevate " + secondRole + " 1h because incident response"
)

// ada is her name in the channel.
const ada = "Ada Lindqvist"

// newLink makes a link useless that was opened elsewhere.
const newLink = "Ada chooses: New link"

const adaSignsIn = "Ada opens: Sign in to continue\nAda presses: Continue to Microsoft\nAda signs in as: ada@" + sim.Domain + "\n"

// channelLink and auditLink are the two places where the story can be read.
func channelLink() page.Link {
	return page.Link{Label: "Play Dana: #elevations", URL: "/as/dana/c/elevations"}
}
func auditLink() page.Link { return page.Link{Label: "The audit log", URL: auditPath} }

// moments is the tour.
func moments() []moment {
	signIn := page.Link{Label: "Play Ada: sign in", URL: "/as/ada/dm"}
	return []moment{
		{
			step: 1, title: "Ask for a role.", text: "You are Ada. The line waits in the composer: send it.",
			link: composer("Play Ada: send it", firstLine), role: firstRole,
			come: func(s *Stage) bool { return s.asked(firstRole) }, script: "Ada types: " + firstLine,
		},
		{
			step: 2, title: "Sign in.", text: "You are Ada, and Hoist wrote to you. Open the message and press “Sign in to continue”; the sign-in asks for a second factor. Then come back here.",
			link: signIn, role: firstRole,
			come:   func(s *Stage) bool { return s.began(firstRole) },
			script: adaSignsIn + "#elevations: " + ada + " holds " + firstRole, renew: newLink,
		},
		{
			step: 3, title: "See what everyone sees.", text: "Now you are Dana, a colleague of Ada's. Ada holds the role, and #elevations says so. “Wire” shows the one request that carried her token.",
			link: channelLink(), more: []page.Link{{Label: "The wire", URL: wirePath}},
			come:   func(s *Stage) bool { return s.told("Ada", secondRole) },
			unheld: "Now you are Dana, a colleague of Ada's. When Ada holds a role, #elevations says so. “Wire” shows every request that Hoist sent.",
		},
		{
			step: 4, title: "Ask for more.", text: "This role's policy wants an approval. You are Ada again: send the line.",
			link: composer("Play Ada: send it", secondLine), role: secondRole,
			come: func(s *Stage) bool { return s.asked(secondRole) }, script: "Ada types: " + secondLine,
		},
		{
			step: 4, title: "Ask for more.", text: "You are Ada. Sign in for it: the link is new, the sign-in is still good.",
			link: signIn, role: secondRole,
			come: func(s *Stage) bool {
				return s.waiting(secondRole) || s.began(secondRole)
			},
			script: adaSignsIn + "#elevations: " + ada + " waits for approval of " + secondRole, renew: newLink,
		},
		{
			step: 4, title: "Approve.", text: "Now you are Ben, whom the policy names. Press “Approve” on the card, give a reason, and sign in as Ben.",
			link: page.Link{Label: "Play Ben: decide", URL: "/as/ben/dm"}, role: secondRole,
			come:   func(s *Stage) bool { return s.began(secondRole) },
			script: "Ben opens: Approve\nBen writes: go ahead\nBen presses: Approve as yourself\nBen signs in as: ben@" + sim.Domain + "\n#elevations: " + ada + " holds " + secondRole,
		},
		{
			step: 5, title: "The end.", text: "Nobody has to remember to give a role back. Now you are the administrator: move the clock by an hour, twice. #elevations tells of each end.",
			link: page.Link{Label: "Play the admin: the clock", URL: tenantPath + "#clock"}, more: []page.Link{channelLink()},
			come: func(s *Stage) bool { return s.announced(ada + " held " + firstRole) }, script: "clock: +2h\n#elevations: " + ada + " held " + firstRole,
			unheld: "Nobody has to remember to give a role back. When somebody holds one, the administrator can move the clock, and #elevations tells of the end.",
		},
		{
			title: "That was a day with Hoist.", text: "#elevations holds all of it, and the audit log who did what as whom. Go on by yourself: change a policy, revoke a role, or take Slack away in the middle.",
			link: auditLink(), more: []page.Link{channelLink(), {Label: "The tenant", URL: tenantPath}},
		},
	}
}

// composer is a room with a line that waits to be sent by Ada.
func composer(label, line string) page.Link {
	return page.Link{Label: label, URL: "/as/ada/c/general?draft=" + url.QueryEscape(line)}
}

// again is the moment that asks, once what was asked for came to nothing in the
// words of its card.
func (m moment) again(came string) moment {
	m.lost, m.title = true, "Ask once more."
	m.text = "Ada's card says “" + came + "”, so that request came to nothing. You are Ada: send the line again, or let the tour do it."
	m.link.Label = "Play Ada: ask again"
	m.script += "\nAda's card: Role: " + m.role + " | [Sign in to continue]"
	if came == unknown {
		m.text = "Ada's card says “" + came + "”: nobody knows yet whether she holds the role. You are Ada: send the line again, and Hoist looks before it sends anything. Or let the tour do it."
		m.script, m.looks = m.script+"\n"+adaSignsIn, true
	}
	return m
}

// looking is the moment that signs in, where Hoist looks with it what became
// of a request before.
func (m moment) looking() moment {
	m.text = "You are Ada. Nobody knows yet what became of her first request. Open the message and press “Sign in to continue”: with that sign-in Hoist looks, and sends nothing twice."
	m.script, m.renew, m.looks = adaSignsIn, newLink, true
	return m
}

// without is the moment of a day on which Ada never held her first role: what
// the tour tells has happened.
func (m moment) without() moment {
	m.text, m.script = m.unheld, ""
	return m
}

// asking is the index of the moment that asks for a role, past that of the first
// moment after its request.
func asking(role string) int {
	return slices.IndexFunc(moments(), func(m moment) bool { return m.role == role })
}

func past(role string) int {
	all := moments()
	at := asking(role)
	for all[at].role == role {
		at++
	}
	return at
}
