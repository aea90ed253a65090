package slack

import (
	"context"
	"net/http"
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"

	"hoist/internal/chat"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

const (
	// openWithin bounds opening a form: Slack takes the trigger for three seconds,
	// some of which are over.
	openWithin = 3 * time.Second
	// fillWithin bounds choosing the role that was named, which reads the tenant.
	// A bot that took its 1.75 seconds before the form leaves about half a second
	// of the trigger for opening it: a form without a choice is better than none.
	fillWithin = 700 * time.Millisecond
	// tellWithin bounds one try to post what a form led to.
	tellWithin = 10 * time.Second
)

// opening is where a form can be opened, and where to say it in words.
type opening struct {
	trigger secret.Value
	address string
}

// openForm opens the form after the acknowledgement, with the role chosen that
// was named. Where Slack does not, the person reads the same in words. Slack
// would let a form that is open be changed as well, but a list that fills itself
// while somebody reaches for it is worse than a form half a second later.
func (h *Handler) openForm(ctx context.Context, d delivery, in chat.Inbound, at opening, f chat.RequestForm) {
	h.after(ctx, d, reasonResponseURL, func(ctx context.Context) error {
		inTime, cancel := context.WithTimeout(ctx, openWithin)
		defer cancel()
		f := h.filled(ctx, d, in, f)
		err := h.opener.OpenForm(inTime, at.trigger, f)
		if err == nil {
			return nil
		}
		h.tally.add(ctx, reasonForm)
		h.log.DebugContext(ctx, "Slack opened no form", "platform", Name, "error", err)
		return h.reply(ctx, at.address, f)
	})
}

// filled is the form with the named role chosen, or as it is when that takes too
// long or breaks. The bot has answered by then, so being late here is not counted
// as a bot that is busy.
func (h *Handler) filled(ctx context.Context, d delivery, in chat.Inbound, bare chat.RequestForm) chat.RequestForm {
	ctx, cancel := context.WithTimeout(ctx, fillWithin)
	defer cancel()
	said := make(chan chat.RequestForm, 1)
	started := h.running.run(func() {
		defer func() {
			if broken := recover(); broken != nil {
				h.recordPanic(ctx, d.reference(), broken)
				said <- bare
			}
		}()
		said <- h.bot.Filled(ctx, in, bare)
	})
	if !started {
		return bare
	}
	select {
	case f := <-said:
		return f
	case <-ctx.Done():
		return bare
	}
}

// options answers what the request URL for options is asked.
func (h *Handler) options(ctx context.Context, d delivery) answer {
	kind, raw, why := decodePayload(d.body)
	switch {
	case why != reasonNone:
		return h.setAside(ctx, why)
	case kind != "block_suggestion":
		return h.setAside(ctx, reasonIgnored)
	}
	return h.suggest(ctx, d, raw)
}

// offered is the answer to a question for options.
type offered struct {
	Options []*slackapi.OptionBlockObject `json:"options"`
}

// suggest lists the roles of the person who has the form open.
func (h *Handler) suggest(ctx context.Context, d delivery, raw []byte) answer {
	s, why := decodeSuggestion(raw)
	switch {
	case why != reasonNone:
		return h.setAside(ctx, why)
	case !s.belongs(h.installation):
		h.tally.add(ctx, reasonStranger)
		return h.say(ctx, offer(nil))
	}
	in := chat.Inbound{Person: h.installation.person(s.User.ID), Text: s.Value, Delivery: d.key}
	roles := ask(ctx, h, d,
		func(ctx context.Context) []chat.RoleOption { return h.bot.Roles(ctx, in) },
		func() []chat.RoleOption { return nil })
	return h.say(ctx, offer(roles))
}

// offer lays roles out as options. What Slack would refuse together with all
// others is left out; more than it takes are found by typing.
func offer(roles []chat.RoleOption) offered {
	all := []*slackapi.OptionBlockObject{}
	for _, r := range roles {
		if o := option(r); o != nil && len(all) < maxOptions {
			all = append(all, o)
		}
	}
	return offered{all}
}

// option is nil for what Slack would refuse.
func option(r chat.RoleOption) *slackapi.OptionBlockObject {
	if r.Value == "" || units(r.Value) > maxOptionValue {
		return nil
	}
	o := slackapi.NewOptionBlockObject(r.Value, optionText(r.Label), nil)
	if r.Note != "" {
		o.Description = optionText(r.Note)
	}
	return o
}

func optionText(s string) *slackapi.TextBlockObject {
	return plainText(chat.Isolated(visible(s)), maxOptionText)
}

// faults keep a form open, each beside its field.
type faults struct {
	Action slackapi.ViewResponseAction `json:"response_action"`
	Errors map[string]string           `json:"errors"`
}

// submit takes a filled form. An empty answer closes it; what there is to say
// then goes to the person's direct messages, for a form has no response URL.
func (h *Handler) submit(ctx context.Context, d delivery, raw []byte) answer {
	s, why := decodeSubmission(raw)
	switch {
	case why != reasonNone:
		return h.setAside(ctx, why)
	case !s.belongs(h.installation):
		return h.setAside(ctx, reasonStranger)
	}
	in := chat.Inbound{Person: h.installation.person(s.User.ID), Form: s.form, Delivery: d.key}
	said := ask(ctx, h, d,
		func(ctx context.Context) chat.FormAnswer { return h.bot.Submit(ctx, in) },
		func() chat.FormAnswer { return h.keptOpen(d) })
	if said.Reply != nil {
		h.tell(ctx, d, in.Person, said.Reply)
	}
	if len(said.Faults) == 0 {
		return answer{status: http.StatusOK}
	}
	return h.say(ctx, besideFields(said.Faults))
}

// keptOpen says that the bot did not answer, without losing what was typed.
func (h *Handler) keptOpen(d delivery) chat.FormAnswer {
	return chat.FormAnswer{Faults: map[chat.FormField]string{chat.FieldReason: h.busy(d.reference()).Summary()}}
}

// besideFields puts faults under the names of input blocks: for any other name
// Slack shows trouble of its own.
func besideFields(all map[chat.FormField]string) faults {
	f := faults{Action: slackapi.RAErrors, Errors: map[string]string{}}
	for field, text := range all {
		switch field {
		case chat.FieldRight, chat.FieldDuration, chat.FieldStart, chat.FieldTicket, chat.FieldReason:
		default:
			field = chat.FieldReason
		}
		text, _ = clip(visible(text), maxFault)
		if strings.TrimSpace(text) == "" {
			text = "Please look at this again."
		}
		f.Errors[string(field)] = text
	}
	return f
}

// tell posts to a person's direct messages after the acknowledgement.
func (h *Handler) tell(ctx context.Context, d delivery, who pim.Person, v chat.View) {
	at := pim.Place{Kind: pim.Requester, Platform: who.Platform, Workspace: who.Workspace, Address: who.User}
	post := func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, tellWithin)
		defer cancel()
		_, err := h.opener.Post(ctx, at, "", v)
		return err
	}
	h.after(ctx, d, reasonUntold, func(ctx context.Context) error { return h.courier.Deliver(ctx, chat.AnyTries, post) })
}
