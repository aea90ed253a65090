package chat

import (
	"context"
	"errors"
	"strings"

	"hoist/internal/pim"
)

// This file is the request form: opened from a button, its roles, and what
// becomes of it.

// rolesAtMost is how many rights one look into the form may show.
const rolesAtMost = 100

// form opens the form, filled with what an earlier request said.
func (b *Bot) form(ctx context.Context, in Inbound) View {
	e, err := b.Elevations.Mine(ctx, in.Person, in.Pressed.ID)
	if err != nil {
		return b.refusedPress(ctx, in, err, textNotYours)
	}
	if b.Forms[in.Person.Platform] {
		return RequestForm{Ask: e.Ask}
	}
	return inWords(Say(textTypeAgain), e.Ask)
}

// Filled is a form with the role chosen that the ask names, when it names one
// right of the person's and no other; with nothing chosen otherwise, also when
// the rights cannot be read in time. The choice is the very option that
// [Bot.Roles] has for it. It reads the tenant, so it comes after the answer to
// the delivery.
func (b *Bot) Filled(ctx context.Context, in Inbound, f RequestForm) RequestForm {
	if f.Ask.Right == "" && f.Ask.Role == "" {
		return f
	}
	r, ok, err := b.Elevations.Meant(ctx, in.Person, f.Ask)
	if err != nil {
		b.Log.WarnContext(ctx, "role not chosen in the form", "person", in.Person.Key(), "err", err)
	}
	if err == nil && ok {
		o := roleOption(r)
		f.Chosen = &o
	}
	return f
}

// Roles lists the person's own rights whose names hold what was typed, for the
// form. It is empty when they cannot be read; the form then says so by having
// none.
func (b *Bot) Roles(ctx context.Context, in Inbound) []RoleOption {
	roles, err := b.Elevations.Roles(ctx, in.Person)
	if err != nil {
		b.Log.WarnContext(ctx, "roles not read for the form", "person", in.Person.Key(), "err", err)
		return nil
	}
	typed := strings.ToLower(strings.TrimSpace(in.Text))
	var options []RoleOption
	for _, r := range roles {
		o := roleOption(r)
		if strings.Contains(strings.ToLower(o.Label), typed) && len(options) < rolesAtMost {
			options = append(options, o)
		}
	}
	return options
}

// roleOption is a right as the form shows it, in its list and chosen. One that
// several accounts of the person hold names its account.
func roleOption(r pim.Role) RoleOption {
	o := RoleOption{Label: roleLine(r.Eligibility).String(), Note: termsOf(r), Value: r.Eligibility.Triple().Key()}
	if r.Several {
		o.Label += " · " + r.Account.UPN
	}
	return o
}

// Submit takes a filled form. What can be told from its text alone is told
// beside the field while the form stays open; the policy's own verdict comes on
// the card.
func (b *Bot) Submit(ctx context.Context, in Inbound) FormAnswer {
	ask, faults := readForm(in.Form)
	if len(faults) > 0 {
		return FormAnswer{Faults: faults}
	}
	got, err := b.Elevations.Elevate(ctx, in.Person, in.Delivery, ask)
	return FormAnswer{Reply: b.notAdmitted(ctx, in, got, err)}
}

// readForm reads the fields with the same grammar as a typed line.
func readForm(f FormValues) (pim.Ask, map[FormField]string) {
	faults := map[FormField]string{}
	ask := pim.Ask{Right: f.Right, Role: f.RightName, Justification: strings.TrimSpace(f.Reason), Ticket: pim.Ticket{Number: strings.TrimSpace(f.Ticket)}}
	if f.Right == "" {
		faults[FieldRight] = "Please choose a role."
	}
	read := func(field FormField, option, wanted string) pim.Ask {
		cmd, err := Parse(`"role" ` + option)
		bad, ok := errors.AsType[*ParseError](err)
		switch {
		case ok && bad.Problem == ProblemNotUnderstood: // its hint is about lines
			faults[field] = wanted
		case ok:
			faults[field] = bad.Hint
		}
		return cmd.Ask
	}
	if strings.TrimSpace(f.Duration) == "" {
		faults[FieldDuration] = textHowLong
	} else {
		got := read(FieldDuration, f.Duration, textOnlyHowLong)
		ask.Duration, ask.Until = got.Duration, got.Until
		if got.Start != nil || got.Ticket.Number != "" || got.Justification != "" || ask.Duration == 0 && ask.Until == nil {
			faults[FieldDuration] = firstText(faults[FieldDuration], textOnlyHowLong)
		}
	}
	if strings.TrimSpace(f.Start) != "" {
		got := read(FieldStart, "1h "+f.Start, textOnlyWhen)
		ask.Start = got.Start
		if got.Start == nil {
			faults[FieldStart] = firstText(faults[FieldStart], textOnlyWhen)
		}
	}
	return ask, faults
}

func firstText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
