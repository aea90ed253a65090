package chat

import (
	"context"

	"hoist/internal/pim"
)

// Platform is a chat as this program needs it. Errors are *[pim.Error]:
// KindUndeliverable when the place will never take a message (it is gone, or
// the person left), KindThrottled with RetryAfter, anything else for "try
// again". No error holds a token or a link.
type Platform interface {
	// Name is the platform's name in [pim.Person] and [pim.Place].
	Name() string
	// Post shows a view at a place and returns what [Platform.Update] needs.
	// thread, when not empty, is the card in whose thread it goes.
	Post(ctx context.Context, at pim.Place, thread pim.Ref, v View) (pim.Ref, error)
	// Update makes a posted message show v.
	Update(ctx context.Context, at pim.Place, ref pim.Ref, v View) error
	// Delete removes a posted message. Deleting what is gone is no error.
	Delete(ctx context.Context, at pim.Place, ref pim.Ref) error
	// Profile reads who a person is.
	Profile(ctx context.Context, p pim.Person) (pim.Profile, error)
}
