package chat

import (
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

// The files page*.go hold every text of the sign-in pages: pages.go those of an
// activation and of a linking, pagefacts.go what they show of a request,
// pagedecision.go an approver's, pageexit.go those that end something,
// pageproblems.go what keeps a browser from going on. Layout and escaping belong
// to package signin, which renders a [Page] as HTML.

// Page is a page in the browser, described by meaning.
type Page struct {
	Tone Tone
	// Title is the heading and the window's title. It never holds what people
	// typed: chats that preview links show it.
	Title string
	Lead  Line
	// Warning must not be overlooked; it stands before the facts.
	Warning Line
	Facts   []Fact
	Body    []Line
	// Field is a text that the first form sends along, nil for none.
	Field *PageField
	// Actions are what the person can do here, the primary one first.
	Actions []PageAction
	// Refresh is how long until the page looks again by itself; zero for never.
	Refresh time.Duration
	Foot    Line
}

// PageField is a text that a form asks for.
type PageField struct {
	Name     string // of the field in the form
	Label    string
	Hint     string
	Value    string // what was typed before, shown again whole
	Limit    int    // in characters
	Required bool
	Fault    string // why Value was refused, "" when it was not
}

// PageActionKind says what a control on a page does.
type PageActionKind string

// The controls.
const (
	PageContinue PageActionKind = "continue" // starts the sign-in
	PageSwitch   PageActionKind = "switch"   // starts it with the choice of another account
	PageReload   PageActionKind = "reload"   // shows the same page again
	PageFollow   PageActionKind = "follow"   // leads to URL
	PagePIM      PageActionKind = "pim"      // leads to PIM in the portal
)

// PageAction is a control on a page.
type PageAction struct {
	Kind    PageActionKind
	Label   string
	URL     secret.Value // PageFollow only; it may hold a link secret
	Primary bool
}

// How often a page looks again while something goes on.
const (
	refreshSoon   = 2 * time.Second  // seconds to wait
	refreshSteady = 5 * time.Second  // a minute or two
	refreshSlow   = 20 * time.Second // someone must act
)

// longestTyped is how much of a reason a page shows; the card has all of it.
const longestTyped = 600

// SignInPage shows what is about to be asked for, before the sign-in.
func SignInPage(e pim.Elevation, now time.Time) Page {
	p := Page{
		Title: "Sign in to activate a role",
		Lead:  Say("Check what you asked for, then continue to Microsoft."),
		Facts: append(requestFacts(e), accountFact(e, "Sign in as")...),
		Body: []Line{
			whatHappens(e),
			{plain("This link is for you alone and works in one browser, until "), moment(e.Deadline, now), plain(".")},
		},
		Actions: []PageAction{
			{Kind: PageContinue, Label: "Continue to Microsoft", Primary: true},
		},
		Foot: footOf(e, "Not you, or not expected? Close this page. Nothing is sent before you continue."),
	}
	switch {
	case e.SignIn.Challenged:
		p.Title = "One more sign-in"
		p.Lead = Say("The role asks for a stronger sign-in than the one you just made, for instance a second factor. Nothing was activated yet.")
	case e.SignIn.LookFirst:
		p.Title = "Sign in to check"
		p.Lead = Say("An earlier try may have reached PIM without its answer reaching Hoist. After you sign in, Hoist looks there first and sends nothing twice.")
	}
	return p
}

func whatHappens(e pim.Elevation) Line {
	text := "Microsoft checks that it is you. Then Hoist asks PIM for the role in your name, and this page and the chat show what came of it."
	if e.Terms.NeedsApproval {
		text += " The role needs an approval; its time starts when an approver agrees."
	}
	return Say(text)
}

// LinkPage explains the proof of both ends, before it begins.
func LinkPage(e pim.Elevation) Page {
	lead := "Hoist does not know yet which Microsoft Entra account is yours. This is needed once."
	next := "After that you can go on with your request."
	if e.LinkOnly {
		lead = "You asked to connect a Microsoft Entra account to your chat account."
		next = "Nothing else is asked for."
	}
	return Page{
		Title: "Connect your chat account to Microsoft Entra",
		Lead:  Say(lead),
		Facts: []Fact{askedBy(e)},
		Body: []Line{
			Say("First " + platformName(e.Person.Platform) + " confirms in this browser that the chat account is yours. Then you sign in to Microsoft with the account that holds your roles. Hoist keeps which two accounts belong together, and nothing else."),
			Say(next),
		},
		Actions: []PageAction{{Kind: PageContinue, Label: "Continue to " + platformName(e.Person.Platform), Primary: true}},
		Foot:    footOf(e, "Not your chat account? Close this page. Nothing is kept before you continue."),
	}
}

// UnlinkablePage is shown where a platform offers no proof of a chat account.
func UnlinkablePage(e pim.Elevation) Page {
	return Page{
		Tone:  Bad,
		Title: "An operator must connect your account",
		Lead:  Say("This chat offers no way to prove which account is yours, so you cannot connect it yourself."),
		Facts: []Fact{askedBy(e)},
		Body:  []Line{Say("Ask the people who run Hoist to add you to their mapping file, then ask again in the chat. They need the line above.")},
		Foot:  footOf(e, ""),
	}
}

// LinkedPage follows a completed linking. chat and account name both ends; next
// leads on and is empty until the request was looked at again.
func LinkedPage(e pim.Elevation, chat, account string, next secret.Value) Page {
	p := Page{
		Tone:  Good,
		Title: "Your accounts are connected",
		Lead:  Say("Both accounts were proved in this browser."),
		Facts: []Fact{
			{Label: platformName(e.Person.Platform), Value: Line{typed(chat)}},
			{Label: "Microsoft Entra", Value: Line{typed(account)}},
		},
		Foot: footOf(e, ""),
	}
	if e.Cause == pim.CauseLinked {
		p.Body = []Line{Say(textOnlyLinked)}
		return p
	}
	if next.IsZero() {
		p.Body = []Line{Say("Looking at your request now…")}
		p.Refresh = refreshSoon
		p.Actions = []PageAction{{Kind: PageReload, Label: "Look again"}}
		return p
	}
	p.Body = []Line{{plain("Your request can go on: "), typed(roleName(e)), plain(".")}}
	p.Actions = []PageAction{{Kind: PageFollow, Label: "Continue with your request", URL: next, Primary: true}}
	return p
}

// textOnlyLinked ends a linking that nothing follows.
const textOnlyLinked = "Connected; nothing else was asked for. You can close this page."

// WrongAccountPage answers a sign-in with an account that does not hold the
// role. signedInAs is shown to this browser and to nobody else.
func WrongAccountPage(e pim.Elevation, signedInAs pim.Principal) Page {
	return Page{
		Tone:  Bad,
		Title: "That is another account",
		Lead: Line{
			plain("You are signed in as "), typed(AccountName(signedInAs)),
			plain("; this role belongs to "), typed(AccountName(e.Principal)),
			plain("."),
		},
		Body: []Line{Say("Nothing was sent. You can sign in again with the right account; your link still works in this browser.")},
		Actions: []PageAction{
			{Kind: PageSwitch, Label: "Switch account", Primary: true},
		},
		Foot: footOf(e, ""),
	}
}

// WrongChatPage answers a chat proof of another person than the one who asked.
// signedInAs is empty for somebody of another workspace.
func WrongChatPage(e pim.Elevation, signedInAs string) Page {
	lead := Line{plain("This browser is signed in to " + platformName(e.Person.Platform))}
	if signedInAs == "" {
		lead = append(lead, plain(" in another workspace than the one this was asked for in."))
	} else {
		lead = append(lead, plain(" as "), typed(signedInAs), plain(", but somebody else asked for this."))
	}
	return Page{
		Tone:  Bad,
		Title: "That is another chat account",
		Lead:  lead,
		Facts: []Fact{askedBy(e)},
		Body: []Line{Say("Nothing was connected. Sign in to " + platformName(e.Person.Platform) +
			" in this browser as the account that asked, and try again. If you did not ask for anything, close this page.")},
		Actions: []PageAction{{Kind: PageContinue, Label: "Try again", Primary: true}},
		Foot:    footOf(e, ""),
	}
}

// OutcomePage shows how a request stands once its sign-in is behind it.
func OutcomePage(e pim.Elevation, now time.Time) Page {
	if e.Cause == pim.CauseLinked {
		return Page{Tone: Good, Title: "Your accounts are connected", Lead: Say(textOnlyLinked), Foot: footOf(e, "")}
	}
	p := outcomePage(e, now)
	p.Foot = footOf(e, leaving(p))
	if e.Eligibility.Target.ID != "" {
		p.Facts = requestFacts(e)
	}
	if p.Refresh > 0 {
		p.Actions = append(p.Actions, PageAction{Kind: PageReload, Label: "Look again"})
	}
	return p
}

// leaving tells what becomes of a page that nobody looks at any more.
func leaving(p Page) string {
	if p.Refresh > 0 {
		return "This page looks again by itself. You can close it; the chat keeps you up to date."
	}
	return textLeave
}

const textLeave = "You can close this page; the chat keeps you up to date."

// outcomePage is the table of states; actions beyond "look again" are its own.
func outcomePage(e pim.Elevation, now time.Time) Page {
	switch e.State {
	case pim.Requested:
		return Page{Tone: Waiting, Title: "Looking at your request", Lead: Say("This takes a moment."), Refresh: refreshSoon}
	case pim.AwaitingChoice:
		return Page{Tone: Waiting, Title: "Choose in the chat", Lead: Say("More than one of your roles fits what you typed. Choose one in the chat, and a new link comes there."), Refresh: refreshSteady}
	case pim.Submitting:
		return Page{Tone: Waiting, Title: "Asking PIM for the role", Lead: Say("You are signed in. This takes some seconds."), Refresh: refreshSoon}
	case pim.AwaitingApproval:
		return Page{
			Tone: Waiting, Title: "Waiting for approval",
			Lead:    Line{plain("PIM has your request and waits for an approver until "), moment(e.Since.Add(24*time.Hour), now), plain(".")},
			Refresh: refreshSlow, Actions: []PageAction{toPIM()},
		}
	case pim.Scheduled:
		return Page{
			Tone: Good, Title: "The role is scheduled",
			Lead: Line{plain("PIM has agreed. It starts "), moment(e.Activation.Start, now), plain(".")},
		}
	case pim.Provisioning:
		return Page{Tone: Waiting, Title: "PIM said yes", Lead: Say("The role is being assigned. This mostly takes less than a minute."), Refresh: refreshSteady}
	case pim.Active:
		return Page{
			Tone: Good, Title: "The role is active",
			Lead: Line{plain("Active until "), moment(e.Activation.End, now), plain(". Sessions that were open before must sign in again to use it.")},
			Body: []Line{Say("Go back to the chat. You can stop the role there when you no longer need it.")},
		}
	case pim.Unresolved:
		return Page{
			Tone: Bad, Title: "It is not known what became of it",
			Lead:    Say("The request was sent, but no answer came and it could not be found. It may be active or waiting. Hoist goes on looking; look in PIM to be sure."),
			Actions: []PageAction{toPIM()},
		}
	default:
		return endedPage(e, now)
	}
}

// endedPage is the part of the table for states that a request does not leave.
// Each of them leads to PIM, which knows best.
func endedPage(e pim.Elevation, now time.Time) Page {
	p := endedText(e, now)
	if e.Sight.StillListed {
		p.Tone = Bad
		p.Body = append(p.Body, Say(textStillListed))
	}
	p.Actions = []PageAction{toPIM()}
	return p
}

func endedText(e pim.Elevation, now time.Time) Page {
	switch e.State {
	case pim.Expired:
		return Page{Title: "The role has ended", Lead: Line{plain("Its time was over at "), moment(e.Activation.End, now), plain(".")}, Body: []Line{Say(textAskAgain)}}
	case pim.EndedEarly:
		return Page{Title: "The role ended early", Lead: endedLead(e, now), Body: []Line{Say(textAskAgain)}}
	case pim.Denied:
		return Page{Tone: Bad, Title: "The request was denied", Lead: Say("An approver said no. Nothing was activated."), Body: pageDecision(e)}
	case pim.Canceled:
		p := Page{Title: "The request was withdrawn", Lead: Say(textNothingSent), Body: []Line{Say(textAskAgain)}}
		if e.Cause == pim.CauseElsewhere {
			p.Lead = Say("PIM shows that the request was canceled.")
		}
		return p
	case pim.Lapsed:
		p := Page{Title: "The request lapsed", Lead: lapsed(e)}
		if e.Cause != pim.CauseSignIn { // whose words say so already
			p.Body = []Line{Say(textAskAgain)}
		}
		return p
	case pim.Refused:
		return Page{Tone: Bad, Title: "This cannot be activated", Lead: Say(textNothingSent), Body: pageRefusals(e, now)}
	default:
		return failedPage(e, now)
	}
}

const textAskAgain = "If you need the role, ask for it again in the chat."

// failedPage never says that PIM refused what never reached it.
func failedPage(e pim.Elevation, now time.Time) Page {
	p := Page{Tone: Bad, Title: "The role was not activated", Lead: Say("PIM said no."), Body: pageRefusals(e, now)}
	switch e.Cause {
	case pim.CauseNotInPIM:
		p.Lead = Say("PIM holds no such request. Ask for the role again in the chat.")
	case pim.CauseStepUpLoop:
		p.Lead = Say("PIM asked twice for a stronger sign-in, and what Microsoft confirmed was not enough.")
		p.Body = append(p.Body, Say("Try it in PIM, or ask your administrators which sign-in the role wants."))
	default: // PIM's own no, whose reasons stand below
	}
	if len(e.Refusals) == 0 {
		if e.Cause == "" {
			p.Body = []Line{Say("It gave no reason that Hoist can read. Look in PIM, or ask again in the chat.")}
		}
		return p
	}
	switch e.Refusals[0].Kind {
	case pim.KindAlreadyActive:
		p.Tone, p.Title, p.Lead = Neutral, "You hold this role already", Say("Nothing new was activated.")
	case pim.KindAlreadyPending, pim.KindAlreadyOpen:
		p.Tone, p.Title, p.Lead = Neutral, "There is a request already", Say("Nothing new was activated.")
	case pim.KindThrottled, pim.KindUnavailable, pim.KindAuditDown, pim.KindStoreDown:
		p.Lead = Say("The request did not get as far as PIM.")
	default:
	}
	return p
}

// pageRefusals are the reasons, in the words of the cards.
func pageRefusals(e pim.Elevation, now time.Time) []Line {
	var lines []Line
	for _, r := range e.Refusals {
		lines = append(lines, Explain(r, now).Lines()...)
	}
	return lines
}

func pageDecision(e pim.Elevation) []Line {
	if e.Decision.Reason == "" {
		return nil
	}
	return []Line{{plain("Their reason: "), typed(cutTyped(e.Decision.Reason))}}
}

func roleName(e pim.Elevation) string {
	if e.Eligibility.Target.Name != "" {
		return e.Eligibility.Target.Name
	}
	return e.Ask.Role
}

// AccountName is how a person recognises an account.
func AccountName(p pim.Principal) string {
	switch {
	case p.UPN != "" && p.Name != "":
		return p.Name + " (" + p.UPN + ")"
	case p.UPN != "":
		return p.UPN
	case p.Name != "":
		return p.Name
	default:
		return p.ID
	}
}

func platformName(platform string) string {
	switch platform {
	case "slack":
		return "Slack"
	case "teams":
		return "Microsoft Teams"
	case "console":
		return "the console"
	default:
		return "the chat"
	}
}

func footOf(e pim.Elevation, text string) Line {
	foot := Line{plain("Reference "), {Kind: Code, Text: string(e.ID)}, plain(".")}
	if text == "" {
		return foot
	}
	return append(Line{plain(text + " ")}, foot...)
}

func toPIM() PageAction { return PageAction{Kind: PagePIM, Label: textOpenPIM} }

// cutTyped shortens what people typed to what a page can show, between
// characters as people see them.
func cutTyped(text string) string {
	if len(text) <= longestTyped {
		return text
	}
	var b strings.Builder
	for rest, state, n := text, -1, 0; rest != "" && n < longestTyped; n++ {
		var character string
		character, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if b.Len()+len(character) > 4*longestTyped {
			break // a letter under a thousand marks is not shown in part either
		}
		b.WriteString(character)
	}
	if b.Len() == len(text) {
		return text
	}
	return b.String() + "…"
}
