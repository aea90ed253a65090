package chat

import (
	"context"
	"errors"

	"hoist/internal/pim"
)

// This file holds what is answered after the acknowledgement: it may read the
// tenant, and comes as a direct message.

// look carries out a verb that needs more than the acknowledgement may cost.
func (b *Bot) look(ctx context.Context, in Inbound, cmd Command) {
	kind := pim.Requester
	var v View
	var err error
	switch cmd.Verb {
	case VerbStatus:
		v, err = b.status(ctx, in)
	case VerbRoles:
		v, err = b.roles(ctx, in)
	case VerbPending:
		kind = pim.Decider
		v, err = b.pending(ctx, in)
	case VerbApprove, VerbDeny:
		kind = pim.Decider
		v, err = b.decide(ctx, in, cmd)
	case VerbStop:
		v, err = b.stop(ctx, in, cmd)
	case VerbWithdraw:
		r, e := b.Elevations.Withdraw(ctx, in.Person, cmd.ID)
		v, err = b.orMovedOn(ctx, in, cmd.ID, b.exited(r), e)
	case VerbWhoami:
		v, err = b.whoami(ctx, in)
	case VerbUnlink:
		v, err = Reply{Lines: []Line{Say(textUnlinked)}}, b.Elevations.Unlink(ctx, in.Person)
	default:
		v = Reply{Lines: []Line{Say(textNotYet)}}
	}
	if err != nil {
		v = b.unable(ctx, in, err)
	}
	if v != nil {
		b.tell(ctx, DeliveryRef(in.Delivery), kind, in.Person, v)
	}
}

// unable says why a verb came to nothing.
func (b *Bot) unable(ctx context.Context, in Inbound, err error) View {
	say := func(text string) View { return Reply{Tone: Bad, Lines: []Line{Say(text)}} }
	switch pim.KindOf(err) {
	case pim.KindNotLinked:
		return say(textNotLinked + " Type /elevate link to connect it.")
	case pim.KindNotFound:
		return say(textNotYours)
	case pim.KindMoved:
		return say(textMovedOn)
	case pim.KindSelfApproval:
		return say(textOwnRequest)
	case pim.KindDecided:
		return say(textDecidedAlready)
	case pim.KindUnknown, pim.KindStoreDown:
		return b.broken(ctx, in, err)
	default:
		var told *pim.Error
		if !errors.As(err, &told) {
			return b.broken(ctx, in, err)
		}
		b.Log.WarnContext(ctx, "verb not carried out", "ref", DeliveryRef(in.Delivery), "err", err)
		lines := Explain(pim.RefusalOf(told), b.Announcer.Clock.Now()).Lines()
		return Reply{Tone: Bad, Lines: append(lines, Line{plain("Reference "), {Kind: Code, Text: DeliveryRef(in.Delivery)}})}
	}
}

func (b *Bot) status(ctx context.Context, in Inbound) (View, error) {
	st, err := b.Elevations.Status(ctx, in.Person)
	if err != nil {
		return nil, err
	}
	return b.Announcer.statusCard(st, b.Announcer.Clock.Now()), nil
}

// roles lists what a person may ask for, and what each policy wants.
func (b *Bot) roles(ctx context.Context, in Inbound) (View, error) {
	roles, err := b.Elevations.Roles(ctx, in.Person)
	if err != nil {
		return nil, err
	}
	if len(roles) == 0 {
		return Reply{Lines: []Line{Say(textNoRoles)}}, nil
	}
	card := StatusCard{Headline: Say(textRoles)}
	for _, r := range roles {
		card.Entries = append(card.Entries, StatusEntry{
			Title:  roleLine(r.Eligibility),
			Detail: Line{plain(termsOf(r) + " · "), typed(r.Account.UPN)},
		})
	}
	return card, nil
}

// termsOf is what a policy asks, in a few words.
func termsOf(r pim.Role) string {
	if r.Unknown {
		return "policy not readable"
	}
	s := "any duration"
	if r.Policy.Expiration.Maximum > 0 {
		s = "up to " + pim.FormatDuration(r.Policy.Expiration.Maximum)
	}
	for _, asks := range []struct {
		so   bool
		what string
	}{
		{r.Policy.Approval.Required, "approval"},
		{r.Policy.Enablement.Justification, "reason"},
		{r.Policy.Enablement.Ticketing, "ticket"},
		{r.Policy.Enablement.MFA, "MFA"},
		{r.Policy.Authentication.Enabled, "authentication context"},
	} {
		if asks.so {
			s += " · " + asks.what
		}
	}
	return s
}

// pending lists what waits for a person's decision, each with its links.
func (b *Bot) pending(ctx context.Context, in Inbound) (View, error) {
	waiting, err := b.Elevations.Pending(ctx, in.Person)
	if err != nil {
		return nil, err
	}
	if len(waiting) == 0 {
		return Reply{Lines: []Line{Say(textNonePending)}}, nil
	}
	now := b.Announcer.Clock.Now()
	card := StatusCard{Headline: Say(textPending)}
	for _, e := range waiting {
		c := b.Announcer.approvalCard(e, placeOf(pim.Decider, in.Person), now)
		card.Entries = append(card.Entries, StatusEntry{
			Tone: Waiting, Title: c.Headline, Detail: append(Line{typed(e.Ask.Justification), plain(" · ")}, reference(e)...), Actions: c.Actions,
		})
	}
	return card, nil
}

// decide answers "approve" and "deny" with the personal link: nothing is decided
// by typing.
func (b *Bot) decide(ctx context.Context, in Inbound, cmd Command) (View, error) {
	e, err := b.Elevations.Deciding(ctx, in.Person, cmd.ID)
	if err != nil {
		return nil, err
	}
	c := b.Announcer.approvalCard(e, placeOf(pim.Decider, in.Person), b.Announcer.Clock.Now())
	want := ActionApprove
	if cmd.Verb == VerbDeny {
		want = ActionDeny
	}
	n := Note{Tone: Waiting, Line: append(Line{plain(textDecide + " ")}, c.Headline...)}
	for _, a := range c.Actions {
		if a.Kind == want {
			n.Actions = []Action{a}
		}
	}
	return n, nil
}

// stop finds the active role by its name.
func (b *Bot) stop(ctx context.Context, in Inbound, cmd Command) (View, error) {
	st, err := b.Elevations.Status(ctx, in.Person)
	if err != nil {
		return nil, err
	}
	var active []pim.Elevation
	var rights []pim.Eligibility
	for _, e := range st.Open {
		if e.State == pim.Active {
			active, rights = append(active, e), append(rights, e.Eligibility)
		}
	}
	fits := Matcher{}.Match(cmd.Ask.Role, cmd.Ask.Scope, rights).Fits
	switch len(fits) {
	case 0:
		return Reply{Tone: Bad, Lines: []Line{Say(textNoSuchActive)}}, nil
	case 1:
	default:
		return Reply{Lines: []Line{Say(textWhichOne)}}, nil
	}
	for _, e := range active {
		if e.Eligibility.Triple() == fits[0].Triple() {
			r, err := b.Elevations.Stop(ctx, in.Person, e.ID)
			return b.orMovedOn(ctx, in, e.ID, b.exited(r), err)
		}
	}
	return Reply{Tone: Bad, Lines: []Line{Say(textNoSuchActive)}}, nil
}

// pressedExit carries out a stop, withdraw or new-link button.
func (b *Bot) pressedExit(ctx context.Context, in Inbound) {
	var r pim.ExitResult
	var err error
	switch in.Pressed.Kind {
	case ActionStop:
		r, err = b.Elevations.Stop(ctx, in.Person, in.Pressed.ID)
	case ActionWithdraw:
		r, err = b.Elevations.Withdraw(ctx, in.Person, in.Pressed.ID)
	default:
		err = b.Elevations.NewLink(ctx, in.Person, in.Pressed.ID)
		r.SignIn = true
	}
	if err == nil && (r.SignIn || r.Withdrawn) {
		return // the card says it
	}
	v, err := b.orMovedOn(ctx, in, in.Pressed.ID, b.exited(r), err)
	if err != nil {
		v = b.unable(ctx, in, err)
	}
	b.tell(ctx, DeliveryRef(in.Delivery), pim.Requester, in.Person, v)
}

// orMovedOn is v, or where the elevation stands when it has moved on so far that
// what was wished for makes no sense any more.
func (b *Bot) orMovedOn(ctx context.Context, in Inbound, id pim.ID, v View, err error) (View, error) {
	if pim.KindOf(err) != pim.KindMoved {
		return v, err
	}
	e, err := b.Elevations.Mine(ctx, in.Person, id)
	if err != nil {
		return nil, err
	}
	why := textStandsNow
	if in.Pressed.Kind == ActionNewLink {
		why = textNoSignIn
	}
	return b.Announcer.movedOn(why, e, b.Announcer.Clock.Now()), nil
}

// exited says what became of the wish to end something.
func (b *Bot) exited(r pim.ExitResult) View {
	switch {
	case r.Withdrawn:
		return Reply{Lines: []Line{Say(textWithdrawn)}}
	case r.TooYoung:
		return Reply{Tone: Waiting, Lines: []Line{{plain(textTooYoung + " "), moment(r.Elevation.StoppableAt(), b.Announcer.Clock.Now()), plain(".")}}}
	case r.Wait:
		return Reply{Tone: Waiting, Lines: []Line{Say(textStopWait)}}
	default:
		return Reply{Tone: Waiting, Lines: []Line{Say(textStopLink)}}
	}
}

func (b *Bot) whoami(ctx context.Context, in Inbound) (View, error) {
	accounts, err := b.Elevations.Whoami(ctx, in.Person)
	if err != nil {
		return nil, err
	}
	r := Reply{Lines: []Line{Say(textWhoami)}}
	for _, a := range accounts {
		r.Lines = append(r.Lines, Line{typed(a.Name), plain(" · "), typed(a.UPN)})
	}
	return r, nil
}

func placeOf(kind pim.PlaceKind, who pim.Person) pim.Place {
	return pim.Place{Kind: kind, Platform: who.Platform, Workspace: who.Workspace, Address: who.User}
}
