package chat

import (
	"strings"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

// View is something that a person can be shown: a closed set, described by
// meaning. Layout, escaping and limits belong to the platform that renders it.
type View interface {
	// Summary is the whole outcome in one sentence of plain text, for
	// notifications, assistive technology and transcripts. It may hold what
	// people typed, so it is escaped like everything else.
	Summary() string
	view()
}

// Tone says how a view should feel.
type Tone int

// The tones.
const (
	Neutral Tone = iota
	Waiting
	Good
	Bad
)

// Fact is a labelled value on a card.
type Fact struct {
	Label string
	Value Line
}

// ActionKind is what a button means.
type ActionKind string

// The actions of this version.
const (
	ActionSignIn ActionKind = "sign-in"  // a link that opens the sign-in page
	ActionOpen   ActionKind = "open-pim" // a link to PIM in the portal
	ActionChoose ActionKind = "choose"   // one of the rights that fit

	ActionApprove  ActionKind = "approve"  // a link to the page for it
	ActionDeny     ActionKind = "deny"     // a link to the page for it
	ActionStop     ActionKind = "stop"     // end what is active
	ActionWithdraw ActionKind = "withdraw" // take back what waits
	ActionNewLink  ActionKind = "new-link" // the old one is lost
	ActionAgain    ActionKind = "again"    // ask once more, or for what the policy allows
	ActionForm     ActionKind = "form"     // open the request form, filled
)

// Action is a button. A platform's payload carries Kind, ID and Value back and
// nothing else; who pressed is taken from the verified payload and what is
// allowed from the record's state.
type Action struct {
	Kind  ActionKind
	ID    pim.ID
	Value string // Choose: the option's number, from 1
	// URL makes the button a link.
	URL     secret.Value
	Label   string
	Primary bool
	// Danger marks what takes something away. Confirm is asked before it happens,
	// where the platform can ask; nil asks nothing.
	Danger  bool
	Confirm *Confirmation
	// Spoken is the label for assistive technology when Label alone does not
	// say enough; at most 75 characters.
	Spoken string
}

// Confirmation is a question before an action, with the labels of its two
// answers. It stands for as long as the card does, so it must stay true.
type Confirmation struct {
	Title, Text, Yes, No string
}

// Reply answers a command at once and to one person only.
type Reply struct {
	Tone  Tone
	Lines []Line
}

// CardKind says which card it is; platforms may lay them out differently.
type CardKind string

// The cards.
const (
	RequestCard  CardKind = "request"      // to the person who asked
	Announcement CardKind = "announcement" // to a channel
	ApprovalCard CardKind = "approval"     // to someone who may decide
)

// Card shows an elevation and is updated as it moves.
type Card struct {
	Kind     CardKind
	ID       pim.ID
	Tone     Tone
	Headline Line
	Facts    []Fact
	Body     []Line
	// Command is a line to copy, "" for none.
	Command string
	Actions []Action
	Foot    Line
}

// Note is one message that is never updated: a notice in a card's thread or in
// a direct message.
type Note struct {
	Tone    Tone
	Line    Line
	Facts   []Fact
	Command string // a line to copy, "" for none
	Actions []Action
}

// StatusCard lists what a person holds and waits for.
type StatusCard struct {
	Headline Line
	Entries  []StatusEntry
	Foot     Line
}

// StatusEntry is one elevation or assignment.
type StatusEntry struct {
	Tone    Tone
	Title   Line
	Detail  Line
	Actions []Action
}

// HelpCard explains the commands.
type HelpCard struct {
	// NotUnderstood is the part of a line that could not be read, as typed; ""
	// when help was asked for.
	NotUnderstood string
	Problem       Line // what is wrong with it, empty when help was asked for
	Understood    Line // what was understood all the same, empty for nothing
	Topics        []HelpEntry
	Foot          Line
}

// RequestForm asks for a request in a form, where the platform has one. It is
// opened at once, filled with what was understood ([Bot.Filled]); the roles are
// looked up while the person chooses ([Bot.Roles]).
type RequestForm struct {
	Ask pim.Ask
	// Chosen is the right that the ask names, nil while none is chosen; see
	// [Bot.Filled].
	Chosen *RoleOption
	// Missing says what the line lacked, empty when nothing was typed.
	Missing Line
}

// Summary implements [View].
func (f RequestForm) Summary() string { return textWhichRole }

func (RequestForm) view() {}
func (Reply) view()       {}
func (Card) view()        {}
func (Note) view()        {}
func (StatusCard) view()  {}
func (HelpCard) view()    {}

// Summary implements [View].
func (r Reply) Summary() string { return joinLines(r.Lines) }

// Summary implements [View].
func (c Card) Summary() string { return c.Headline.String() }

// Summary implements [View].
func (n Note) Summary() string { return n.Line.String() }

// Summary implements [View].
func (s StatusCard) Summary() string { return s.Headline.String() }

// Summary implements [View].
func (h HelpCard) Summary() string {
	if len(h.Problem) > 0 {
		return h.Problem.String()
	}
	return textHelpTitle
}

func joinLines(ls []Line) string {
	var s strings.Builder
	for i, l := range ls {
		if i > 0 {
			s.WriteString(" ")
		}
		s.WriteString(l.String())
	}
	return s.String()
}
