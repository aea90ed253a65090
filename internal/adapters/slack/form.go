package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	slackapi "github.com/slack-go/slack"

	"hoist/internal/chat"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

// formCallback names the request form in what comes back from it. The form
// carries nothing else of ours: whose it is says the signed payload.
const formCallback = "request"

// The types of the inputs, which come back with their values.
const (
	externalSelect = slackapi.OptTypeExternal
	plainTextInput = string(slackapi.METPlainTextInput)
)

// The words of the form. A field's label stands above it, its hint below.
const (
	formTitle    = "Request a role"
	formContinue = "Continue"
	formCancel   = "Cancel"
	formNamed    = "You typed: "
	formFoot     = "You sign in after this. Until then nothing is sent to PIM."

	// A screen reader says the placeholder of a select instead of its label, so
	// the two are the same.
	labelRight    = "Role"
	labelDuration = "Duration"
	labelStart    = "Start"
	labelTicket   = "Ticket"
	labelReason   = "Reason"

	hintRight    = "Your own roles in PIM, each with what its policy asks. Type to search."
	hintDuration = "For example 2h, 90m, 1h30m or until 17:00. The list of roles shows each one's maximum."
	hintStart    = "For example at 14:00, in 30m or tomorrow 09:00. Empty means at once."
	hintTicket   = "For example INC-4711, where the role's policy asks for one."
	hintReason   = "PIM keeps it. Approvers see it, and the channels that announce elevations."
)

// formView lays the form out. A role is chosen only where the words name one and
// no other; else the name as typed stands above the list.
func formView(f chat.RequestForm) slackapi.ModalViewRequest {
	l := newLayout()
	l.paragraph(l.line(f.Missing, false))
	chosen := chosenRole(f)
	if named := namedRole(f.Ask); named != "" && chosen == nil {
		l.add(slackapi.NewContextBlock("", plainText(formNamed+named, maxContext)))
	}
	l.field(chat.FieldRight, labelRight, hintRight, &slackapi.SelectBlockElement{
		Type: externalSelect, ActionID: string(chat.FieldRight), Placeholder: ownText(labelRight, maxPlaceholder),
		MinQueryLength: new(int), // or nothing shows before three letters are typed
		InitialOption:  chosen,
	})
	l.field(chat.FieldDuration, labelDuration, hintDuration, lineInput(chat.FieldDuration, durationText(f.Ask)))
	l.field(chat.FieldStart, labelStart, hintStart, lineInput(chat.FieldStart, startText(f.Ask.Start))).Optional = true
	l.field(chat.FieldTicket, labelTicket, hintTicket, lineInput(chat.FieldTicket, f.Ask.Ticket.Number)).Optional = true
	reason, _ := clip(writable(f.Ask.Justification), maxInput)
	l.field(chat.FieldReason, labelReason, hintReason, &slackapi.PlainTextInputBlockElement{
		Type: slackapi.METPlainTextInput, ActionID: string(chat.FieldReason), InitialValue: reason, Multiline: true, MaxLength: maxInput,
	})
	l.foot(chat.Say(formFoot))
	return slackapi.ModalViewRequest{
		Type: slackapi.VTModal, CallbackID: formCallback, Title: ownText(formTitle, maxModalTitle),
		Submit: ownText(formContinue, maxModalTitle), Close: ownText(formCancel, maxModalTitle),
		Blocks: slackapi.Blocks{BlockSet: l.blocks},
	}
}

// chosenRole is nil while none is. Slack wants the very option that the list
// would offer
// (docs.slack.dev/reference/block-kit/block-elements/select-menu-element,
// initial_option).
func chosenRole(f chat.RequestForm) *slackapi.OptionBlockObject {
	if f.Chosen == nil {
		return nil
	}
	return option(*f.Chosen)
}

// field adds an input. Block and element have the field's name.
func (l *layout) field(name chat.FormField, label, hint string, e slackapi.BlockElement) *slackapi.InputBlock {
	b := slackapi.NewInputBlock(string(name), ownText(label, maxInputLabel), ownText(hint, maxInputLabel), e)
	l.add(b)
	return b
}

// ownText is words of the form itself, to be copied as they are.
func ownText(s string, most int) *slackapi.TextBlockObject {
	s, _ = clip(s, most)
	return &slackapi.TextBlockObject{Type: slackapi.PlainTextType, Text: s, Emoji: new(bool)}
}

func lineInput(name chat.FormField, initial string) *slackapi.PlainTextInputBlockElement {
	initial, _ = clip(visible(initial), maxShortInput)
	return &slackapi.PlainTextInputBlockElement{
		Type: slackapi.METPlainTextInput, ActionID: string(name), InitialValue: initial, MaxLength: maxShortInput,
	}
}

// namedRole is the role as typed, and where.
func namedRole(a pim.Ask) string {
	name := func(s string) string {
		s, _ = clip(visible(s), maxNamed)
		return chat.Isolated(s)
	}
	switch {
	case a.Role == "":
		return ""
	case a.Scope == "":
		return name(a.Role)
	default:
		return name(a.Role) + " on " + name(a.Scope)
	}
}

// durationText is how long in the words of the command, which the form takes.
func durationText(a pim.Ask) string {
	switch {
	case a.Until != nil && a.Until.Wall != nil:
		return "until " + a.Until.String()
	case a.Until != nil:
		return pim.FormatDuration(a.Until.After)
	case a.Duration > 0:
		return pim.FormatDuration(a.Duration)
	default:
		return ""
	}
}

// startText is when, in the words of the command.
func startText(w *pim.When) string {
	switch {
	case w == nil:
		return ""
	case w.Wall != nil && w.Wall.Day == 0:
		return "at " + w.String()
	default:
		return w.String()
	}
}

// writable is a person's text for them to go on writing: theirs, line breaks
// included, but for what no keyboard types.
func writable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// inWords is the form for where no form can be shown.
func inWords(f chat.RequestForm) chat.View {
	h := chat.HelpCard{Problem: f.Missing}
	if len(h.Problem) == 0 {
		h.Problem = chat.Say(f.Summary())
	}
	if topic, ok := chat.HelpFor(chat.VerbElevate); ok {
		h.Topics = []chat.HelpEntry{topic}
	}
	return h
}

// OpenForm implements [Opener]. [pim.KindNotFound] means that the trigger is
// used or its three seconds are over.
func (p *Platform) OpenForm(ctx context.Context, trigger secret.Value, f chat.RequestForm) error {
	const method = "views.open"
	if trigger.IsZero() {
		return &pim.Error{Kind: pim.KindNotFound, Message: method + ": no trigger"}
	}
	body, err := json.Marshal(struct {
		Trigger string                    `json:"trigger_id"`
		View    slackapi.ModalViewRequest `json:"view"`
	}{trigger.Reveal(), formView(f)})
	if err != nil {
		return &pim.Error{Kind: pim.KindBadRequest, Message: method + ": not encoded", Err: err}
	}
	x := newExchange(p.clock)
	if err := p.views.call(x.in(ctx), method, body); err != nil {
		return x.fault(method, sends, err)
	}
	return nil
}

// viewAPI calls methods that answer with a view. The library would parse all of
// it, and take an opened form for a lost answer over one element that is newer
// than the library, or over the "values": [] of an empty state.
type viewAPI struct {
	client *http.Client
	base   string
	token  secret.Value
}

func (v viewAPI) call(ctx context.Context, method string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, v.base+method, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("address the call: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+v.token.Reveal())
	req.Header.Set("Content-Type", jsonType+"; charset=utf-8")
	resp, err := v.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	var told slackapi.SlackResponse
	if err := json.NewDecoder(resp.Body).Decode(&told); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return told.Err()
}
