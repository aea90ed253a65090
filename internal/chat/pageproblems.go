package chat

import (
	"maps"
	"slices"

	"hoist/internal/pim"
)

// PageProblem is something that keeps a browser from going on.
type PageProblem string

// The problems.
const (
	ProblemUnknownLink   PageProblem = "unknownLink"   // never a link of ours, or long gone
	ProblemReplaced      PageProblem = "replaced"      // a newer link was given
	ProblemElsewhere     PageProblem = "elsewhere"     // another browser opened it
	ProblemTooLate       PageProblem = "tooLate"       // its time is over
	ProblemUsed          PageProblem = "used"          // a callback that was used before
	ProblemForeignForm   PageProblem = "foreignForm"   // a POST that does not come from our page
	ProblemOtherTenant   PageProblem = "otherTenant"   // signed in to another organisation
	ProblemGuest         PageProblem = "guest"         // a guest in the tenant
	ProblemCanceled      PageProblem = "canceled"      // the person turned back at the sign-in
	ProblemDeclined      PageProblem = "declined"      // the person was asked to consent, and did not
	ProblemConsent       PageProblem = "consent"       // the app lacks consent
	ProblemNotAssigned   PageProblem = "notAssigned"   // the person may not use the app
	ProblemBlocked       PageProblem = "blocked"       // Conditional Access said no
	ProblemDisabled      PageProblem = "disabled"      // the account is switched off
	ProblemRegister      PageProblem = "register"      // no second factor is set up
	ProblemInteraction   PageProblem = "interaction"   // Microsoft wants something more from the person
	ProblemMisconfigured PageProblem = "misconfigured" // the app registration is at fault
	ProblemSignIn        PageProblem = "signIn"        // the sign-in could not be verified
	ProblemChatSignIn    PageProblem = "chatSignIn"    // the chat could not confirm the account
	ProblemUnreachable   PageProblem = "unreachable"   // Microsoft could not be reached
	ProblemAudit         PageProblem = "audit"         // nothing is done that cannot be recorded
	ProblemStore         PageProblem = "store"         // our own memory is away
)

// PageProblems lists every problem.
func PageProblems() []PageProblem {
	return slices.Sorted(maps.Keys(problemTable()))
}

// pageProblem is one row of the table below.
type pageProblem struct {
	title, lead, body string
	// again offers to start the sign-in once more with the same link.
	again string
	// reload offers to look again.
	reload bool
	// pim offers the portal.
	pim bool
	// meanwhile adds what can be done there until this is mended.
	meanwhile bool
	// anew adds how a link is asked for again.
	anew bool
	tone Tone
}

func problemTable() map[PageProblem]pageProblem {
	return map[PageProblem]pageProblem{
		ProblemUnknownLink: {
			tone: Bad, title: "This link is not known", lead: "It may be incomplete or too old.",
			body: "Go back to the chat and open the newest link there, or ask for the role again.",
		},
		ProblemReplaced: {
			title: "A newer link was sent", lead: "This one no longer works.",
			body: "Go back to the chat and use the newest link there.",
		},
		ProblemElsewhere: {
			title: "Opened in another browser", lead: "A sign-in link works only in the browser that opened it first.",
			body: "Go on there. If that was not you, or you cannot get back to it, ask for a new link in the chat: it makes this one useless.",
		},
		ProblemTooLate: {
			title: "The time for this link is over", lead: "Nothing was sent.",
			anew: true, pim: true,
		},
		ProblemUsed: {
			title: "This step is done already", lead: "The page you came back to had served its purpose.",
			body: "The chat shows how your request stands. You can close this page.",
		},
		ProblemForeignForm: {
			tone: Bad, title: "This did not come from our page", lead: "Your browser says that another site sent this, or does not say at all. Nothing was done.",
			body: "Open the link from the chat and press the button there. Very old browsers cannot be used.",
		},
		ProblemOtherTenant: {
			tone: Bad, title: "That account belongs to another organisation", lead: "Nothing was sent.",
			body: "Sign in with an account of the organisation whose roles Hoist manages.", again: "Switch account",
		},
		ProblemGuest: {
			tone: Bad, title: "Guest accounts cannot be connected", lead: "That account is a guest in this organisation. Nothing was kept.",
			body: "Sign in with an account that belongs to this organisation.", again: "Switch account",
		},
		ProblemCanceled: {
			title: "You turned back", lead: "The sign-in was not completed. Nothing was sent.",
			body: "You can start it again as long as your link works.", again: "Try again",
		},
		ProblemDeclined: {
			title: "You turned it down", lead: "What Hoist asks for was not agreed to at Microsoft, or its page was left. Nothing was sent.",
			body: "You can start again. If Microsoft asks you for permissions, tell the people who run Hoist: an administrator can agree for everyone, so that nobody is asked.", again: "Try again",
		},
		ProblemConsent: {
			tone: Bad, title: "Hoist is not allowed to do this yet", lead: "An administrator of your organisation must first consent to what Hoist asks for. Nothing was sent.",
			body: "Send the people who run Hoist the reference below.", meanwhile: true, pim: true,
		},
		ProblemNotAssigned: {
			tone: Bad, title: "You are not among Hoist's users", lead: "Your organisation lets only assigned people sign in to Hoist, and your account is not one of them. Nothing was sent.",
			body: "Ask the people who run Hoist to assign you.", meanwhile: true, pim: true,
		},
		ProblemBlocked: {
			tone: Bad, title: "Your organisation's rules stopped the sign-in", lead: "Microsoft says that its Conditional Access rules do not allow this sign-in, for instance from this device or place. Nothing was sent.",
			body: "Try from a device that your organisation manages, or ask your administrators with the reference below.", again: "Try again",
		},
		ProblemDisabled: {
			tone: Bad, title: "That account is disabled", lead: "Microsoft lets nobody sign in with it. Nothing was sent.",
			body: "Sign in with another account of yours, or ask your administrators why it was switched off.", again: "Switch account",
		},
		ProblemRegister: {
			title: "Your second factor is not set up", lead: "Microsoft wants a second factor, and your account has none yet. Nothing was sent.",
			body: "Set one up at https://aka.ms/mysecurityinfo, or let Microsoft's pages lead you through it, and start again.", again: "Try again",
		},
		ProblemInteraction: {
			title: "Microsoft wants something more", lead: "The sign-in needs another step from you, for instance a second factor. Nothing was sent.",
			body: "Start the sign-in again and follow Microsoft's pages to their end.", again: "Try again",
		},
		ProblemMisconfigured: {
			tone: Bad, title: "Hoist is not set up correctly", lead: "Microsoft refuses Hoist itself, not you. Nothing was sent.",
			body: "Send the people who run Hoist the reference below.", meanwhile: true, pim: true,
		},
		ProblemSignIn: {
			tone: Bad, title: "The sign-in could not be verified", lead: "Nothing was sent.",
			body: "Start it again. If it happens twice, tell the people who run Hoist the reference below.", again: "Try again",
		},
		ProblemChatSignIn: {
			tone: Bad, title: "Your chat account could not be confirmed", lead: "Nothing was connected.",
			body: "Start again. If it happens twice, tell the people who run Hoist the reference below.", again: "Try again",
		},
		ProblemUnreachable: {
			tone: Bad, title: "Microsoft cannot be reached", lead: "The sign-in could not be completed. Nothing was sent.",
			body: "Wait a moment and start it again.", again: "Try again",
		},
		ProblemAudit: {
			tone: Bad, title: "Nothing can be recorded right now", lead: "Hoist does nothing that it cannot record, so nothing was sent.",
			body: "Wait a moment and try again. If it goes on, tell the people who run Hoist, or use PIM.", again: "Try again", pim: true,
		},
		ProblemStore: {
			tone: Bad, title: "Hoist cannot look up your request", lead: "Its own memory cannot be reached right now.",
			body: "Wait a moment and look again. The chat shows how your request stands.", reload: true,
		},
	}
}

// ProblemPage explains what keeps a browser from going on. purpose is what its
// link is for, "" when that is not known; id is the reference, empty when none is
// known. linked says that the page can offer the same link again.
func ProblemPage(what PageProblem, purpose pim.Purpose, id pim.ID, linked bool) Page {
	row, ok := problemTable()[what]
	if !ok {
		row = problemTable()[ProblemSignIn]
	}
	p := Page{Tone: row.tone, Title: row.title, Lead: Say(row.lead), Body: []Line{Say(row.text(purpose))}}
	if linked && row.again != "" {
		kind := PageContinue
		if what == ProblemOtherTenant || what == ProblemGuest || what == ProblemDisabled {
			kind = PageSwitch
		}
		p.Actions = append(p.Actions, PageAction{Kind: kind, Label: row.again, Primary: true})
	}
	if linked && row.reload {
		p.Actions = append(p.Actions, PageAction{Kind: PageReload, Label: "Look again", Primary: true})
	}
	if row.pim {
		p.Actions = append(p.Actions, toPIM())
	}
	if id != "" {
		p.Foot = footOf(pim.Elevation{ID: id}, "")
	}
	return p
}

// text is the body, with what depends on the link's purpose.
func (r pageProblem) text(purpose pim.Purpose) string {
	switch {
	case r.meanwhile:
		return r.body + " " + meanwhile(purpose)
	case r.anew:
		return anew(purpose)
	default:
		return r.body
	}
}

func meanwhile(purpose pim.Purpose) string {
	switch purpose {
	case pim.PurposeStop:
		return "Until then you can stop the role in PIM."
	case pim.PurposeCancel:
		return "Until then you can withdraw the request in PIM."
	case pim.PurposeApprove, pim.PurposeDeny:
		return "Until then you can decide in PIM."
	default:
		return "Until then you can activate the role in PIM."
	}
}

func anew(purpose pim.Purpose) string {
	switch purpose {
	case pim.PurposeStop:
		return "The role goes on until its end. To stop it, go back to the chat and press Stop again."
	case pim.PurposeCancel:
		return "The request goes on. To take it back, go back to the chat and press Withdraw again."
	case pim.PurposeApprove, pim.PurposeDeny:
		return "Go back to the chat and open the request from there again; it shows whether a decision is still needed."
	case pim.PurposeLink:
		return "Go back to the chat and ask again there."
	default:
		return "Go back to the chat and ask for the role again."
	}
}
