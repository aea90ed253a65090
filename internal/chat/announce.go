package chat

import (
	"context"
	"fmt"

	"hoist/internal/clock"
	"hoist/internal/pim"
)

// DefaultPIMURL is PIM's own page of a person's roles in the Entra admin
// center.
const DefaultPIMURL = "https://entra.microsoft.com/#view/Microsoft_Azure_PIMCommon/ActivationMenuBlade/~/aadmigratedroles"

// Announcer shows elevations in the chats. It implements [pim.Notifier].
type Announcer struct {
	Platforms map[string]Platform // by name
	SignIn    pim.SignIn
	Clock     clock.Clock
	Tenant    pim.TenantID
	// CLIClientID is the app for Connect-MgGraph; empty leaves the line out.
	CLIClientID string
	// PIMURL is where "Open in PIM" leads; empty means [DefaultPIMURL].
	PIMURL string
}

var _ pim.Notifier = (*Announcer)(nil)

// Show implements [pim.Notifier].
func (a *Announcer) Show(ctx context.Context, e pim.Elevation, at pim.Place, ref pim.Ref) (pim.Ref, error) {
	p, err := a.platform(at)
	if err != nil {
		return "", err
	}
	now := a.Clock.Now()
	var card Card
	switch at.Kind {
	case pim.Feed:
		card = a.announcement(e, now)
	case pim.Decider:
		card = a.approvalCard(e, at, now)
	default:
		card = a.requestCard(e, now)
	}
	if ref == "" {
		return p.Post(ctx, at, "", card)
	}
	return ref, p.Update(ctx, at, ref, card)
}

// Tell implements [pim.Notifier]. In a channel the notice goes into the card's
// thread; to a person it is a message of its own, so that their client notifies.
func (a *Announcer) Tell(ctx context.Context, e pim.Elevation, o pim.Owed, card pim.Ref) error {
	p, err := a.platform(o.Place)
	if err != nil {
		return err
	}
	if o.Place.Kind == pim.Requester {
		card = ""
	}
	_, err = p.Post(ctx, o.Place, card, a.note(e, o, a.Clock.Now()))
	return err
}

// Retract implements [pim.Notifier].
func (a *Announcer) Retract(ctx context.Context, at pim.Place, ref pim.Ref) error {
	p, err := a.platform(at)
	if err != nil {
		return err
	}
	return p.Delete(ctx, at, ref)
}

// Profile implements [pim.People].
func (a *Announcer) Profile(ctx context.Context, p pim.Person) (pim.Profile, error) {
	on, ok := a.Platforms[p.Platform]
	if !ok {
		return pim.Profile{}, &pim.Error{Kind: pim.KindUnavailable, Message: fmt.Sprintf("no platform %q", p.Platform)}
	}
	return on.Profile(ctx, p)
}

func (a *Announcer) platform(at pim.Place) (Platform, error) {
	p, ok := a.Platforms[at.Platform]
	if !ok {
		return nil, &pim.Error{Kind: pim.KindUndeliverable, Message: fmt.Sprintf("no platform %q", at.Platform)}
	}
	return p, nil
}
