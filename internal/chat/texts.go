package chat

import (
	"strings"
	"time"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

// The catalogue: every sentence of cards, notices and replies. Refusals are in
// explain.go, the sign-in pages in pages.go. Sentences are whole; what people
// typed is never part of one but a span of its own beside it.
const (
	textHelpTitle       = "How to use Hoist"
	textChecking        = "Checking… I will answer in our direct messages."
	textOnlyHowLong     = "Please write only how long, such as 2h or 90m, or until 17:00."
	textOnlyWhen        = "Please write when, such as at 14:00, in 30m or tomorrow 09:00."
	textBeingChecked    = "Checking…"
	textLookFirst       = "nobody knows yet what became of your earlier request for it. Sign in, so that Hoist can look; the new one waits for that."
	textLooking         = "Looking… I will answer in our direct messages."
	textNotYet          = "This version of Hoist does not do that yet."
	textNoExtend        = "Hoist cannot make a role last longer while it is active: PIM would end it and activate it anew."
	textExtendLater     = "When it ends, press “Ask again” on its card, or type:"
	textExtendNow       = "For new time at once, end it with “Stop” first, or /elevate stop and its name, and then ask again."
	textLongerLater     = "To hold it longer, ask again when it has ended."
	textAgain           = "Ask again"
	textBusy            = "Hoist could not confirm that it took this. If it did, a card follows in our direct messages; if none comes within a minute, please try again. Nothing has been sent to PIM."
	textSlowDown        = "That is a lot of commands in a short time. Please try again in a moment; nothing was sent."
	textWhichRole       = "Which role, and for how long?"
	textHowLong         = "For how long?"
	textExample         = "For example:"
	textUnderstood      = "Understood so far:"
	textPrivateLink     = "The link is for you alone and works in one browser, until"
	textNothingSent     = "Nothing was sent to PIM."
	textOpenPIM         = "Open in PIM"
	textSignIn          = "Sign in to continue"
	textSpokenSignIn    = "Sign in to continue this request at Microsoft Entra"
	textUnderAMinute    = "less than a minute"
	textReconnect       = "Open sessions keep their old rights: reconnect with this line."
	textAfterApproval   = "The time begins when it is approved."
	textNoHistory       = "Nothing is active, and nothing is waiting."
	textElsewhere       = "Started outside Hoist"
	textChooseAnswer    = "Please choose one. Nothing is decided for you."
	textHelpFoot        = "Everything you type after the command is seen by you and Hoist only, until you sign in and send it."
	textNotUnderstood   = "I did not understand this part:"
	textChoiceGone      = "This question has been answered or its time is over."
	textNotYours        = "That request is not yours, or it no longer exists."
	textCorrection      = "Correction: this was shown as ended or unknown, and PIM shows that it is active."
	textStillListed     = "It was due to end, and PIM still lists it."
	textWithdraw        = "Withdraw"
	textNewLink         = "New link"
	textStop            = "Stop"
	textConfirmTitle    = "End it now?"
	textConfirmYes      = "Continue"
	textConfirmNo       = "Keep it"
	textConfirmStop     = "You sign in to end it. To have the role again after that you request it anew."
	textStopEarly       = "PIM lets nobody end it; pressed until then, this sets a reminder for that time and asks for no sign-in."
	textSignInToEnd     = "Sign in to end it"
	textApprove         = "Approve"
	textDeny            = "Deny"
	textTypeAgain       = "Please type it again with what was missing."
	textForm            = "Open the form"
	textPending         = "Waiting for your decision"
	textNonePending     = "Nothing waits for your decision."
	textRoles           = "What you can ask for"
	textNoRoles         = "PIM lists no eligible role for your accounts. Ask an administrator."
	textWhoami          = "You are here as"
	textNotLinked       = "Hoist does not know your Microsoft Entra account yet."
	textUnlinked        = "What you connected yourself is disconnected. Accounts that your administrator mapped stay."
	textLinking         = "I will send you a link in our direct messages."
	textStopWait        = "PIM is being asked right now; look at your card in a moment." //nolint:gosec // G101: a sentence
	textStopLink        = "Sign in to end it: the link is on your card in our direct messages."
	textTooYoung        = "PIM lets nobody end an activation in its first five minutes. I will remind you at"
	textWithdrawn       = "Withdrawn; nothing was sent to PIM."
	textStandsNow       = "It has moved on; this is how it stands now"
	textNoSignIn        = "No sign-in waits for you here any more"
	textNeedAgain       = "If you still need the role, ask for it again."
	textMovedOn         = "It has moved on; there is nothing left to decide."
	textNoSuchActive    = "You hold no role by that name through Hoist."
	textWhichOne        = "More than one fits; use the buttons on their cards, or the reference:"
	textDecide          = "Decide as yourself, with your own sign-in:"
	textOwnRequest      = "Nobody approves their own request, from no account of theirs."
	textDecidedAlready  = "It was decided already."
	textLinked          = "Your chat account is now connected to"
	textLinkedElsewhere = "Somebody else's chat account is now connected to"
	textLinkedNotYou    = "If this was not you, tell your administrator at once."
	textStranger        = "Hoist serves the members of its own workspace only."
	textStatusNotAsked  = "Entra could not be asked just now; this is what Hoist knows."
)

// typed wraps words of a person or of the tenant.
func typed(s string) Span { return Span{Kind: Typed, Text: s} }

func plain(s string) Span  { return Span{Kind: Plain, Text: s} }
func strong(s string) Span { return Span{Kind: Strong, Text: s} }

// moment shows a time in the reader's zone; the day too when it is not within
// the next or last twelve hours of now.
func moment(t, now time.Time) Span {
	far := t.Sub(now) > 12*time.Hour || now.Sub(t) > 12*time.Hour
	return Span{Kind: Moment, At: t, WithDate: far}
}

// roleLine is the role and where it counts.
func roleLine(e pim.Eligibility) Line {
	l := Line{typed(e.Target.Name)}
	if !e.Scope.TenantWide() {
		l = append(l, plain(" on "), typed(scopeName(e.Scope)))
	}
	return l
}

func scopeName(s pim.Scope) string {
	if s.Name != "" {
		return s.Name
	}
	return s.ID
}

// askedLine repeats an ask in the person's own words, as far as it was
// understood.
func askedLine(a pim.Ask) Line {
	var l Line
	add := func(label, value string) {
		if value == "" {
			return
		}
		if len(l) > 0 {
			l = append(l, plain(", "))
		}
		l = append(l, plain(label+" "), typed(value))
	}
	add("role", a.Role)
	add("on", a.Scope)
	if a.Duration > 0 {
		add("for", pim.FormatDuration(a.Duration))
	}
	if a.Until != nil {
		add("until", a.Until.String())
	}
	if a.Start != nil {
		add("starting", a.Start.String())
	}
	add("ticket", a.Ticket.Number)
	add("because", a.Justification)
	return l
}

// spokenDuration writes a duration for people: "2 h", "1 h 30 min", "45 min",
// and never "0 min".
func spokenDuration(d time.Duration) string {
	if d < time.Minute {
		return textUnderAMinute
	}
	d = d.Round(time.Minute)
	h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
	var parts []string
	if h > 0 {
		parts = append(parts, itoa(h)+" h")
	}
	if m > 0 {
		parts = append(parts, itoa(m)+" min")
	}
	return strings.Join(parts, " ")
}

// openPIM is the way out that every dead end offers.
func (a *Announcer) openPIM(id pim.ID) Action {
	return Action{Kind: ActionOpen, ID: id, URL: secret.New(a.portal()), Label: textOpenPIM}
}
