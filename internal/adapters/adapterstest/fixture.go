package adapterstest

import (
	"testing"
	"time"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// Fixture is a platform under test with the eyes of its people. Every story gets
// a fresh one; what it needs to end is registered with t.Cleanup.
type Fixture struct {
	Platform chat.Platform
	// Direct is the direct messages of Known, Channel a channel that the platform
	// may write to.
	Direct, Channel pim.Place
	// Known is somebody whose profile is Profile; Unknown is nobody.
	Known, Unknown pim.Person
	Profile        pim.Profile
	// Barred are people who may not use Hoist, by the reason of
	// [pim.Profile.Barred]. [Reasons] lists what is asked for.
	Barred map[string]pim.Person
	// Register: the platform knows its people by itself, so that profiles can be
	// read whatever happens to the service.
	Register bool
	// Zone is that of times in Direct.
	Zone *time.Location
	// LocalTimes: people's own programs show times, in their zone and without
	// naming it. Otherwise the platform names the zone.
	LocalTimes bool

	// Read returns a message as its readers see it; false when it is not there.
	Read func(at pim.Place, ref pim.Ref) (Message, bool)
	// Thread returns what stands in the thread of a card.
	Thread func(at pim.Place, card pim.Ref) []Message
	// Press is somebody pressing the button with a label; false when nothing of it
	// reaches the bot.
	Press func(who pim.Person, at pim.Place, ref pim.Ref, label string) (chat.Inbound, bool)
	// Inspect fails the test for what the platform's service would refuse of a
	// message. Nil when the service, or its simulator, refuses it at the call.
	Inspect func(t *testing.T, at pim.Place, ref pim.Ref)

	// Break brings faults about, until the end of the story.
	Break map[Fault]func()
	// Cannot says why a fault is impossible here, or a reason of Barred unknown.
	Cannot map[Fault]string
	// Owes are stories that the platform does not keep yet, by name, with what is
	// wrong: a debt that the test's output shows until it is paid.
	Owes map[string]string
	// Secrets may be in no error and no log: tokens and the like.
	Secrets []string
	// Logged is what the platform has logged. Nil when it does not log.
	Logged func() string
}

// Message is a message as read.
type Message struct {
	// Text is plain text, a paragraph a line or more, buttons left out.
	Text    string
	Buttons []Button
	// Pings are those whom it notifies by name.
	Pings []string
	// Links can be clicked in the text.
	Links []Link
	// Formats are pieces of the text that were taken for markup.
	Formats []string
}

// Link is a place in the text that can be clicked.
type Link struct{ Text, URL string }

// Button is a button as shown.
type Button struct{ Label, URL string }

// Fault is something that happens to a platform.
type Fault string

// The faults.
const (
	// Throttled: the service asks to be left alone for [RetryAfter].
	Throttled Fault = "throttled"
	// Unreachable: nothing arrives at the service.
	Unreachable Fault = "unreachable"
	// Silent: the service takes a call and does not answer.
	Silent Fault = "silent"
	// PlaceGone: the channel is deleted or archived.
	PlaceGone Fault = "place gone"
	// PersonGone: Known has left the organisation.
	PersonGone Fault = "person gone"
	// TokenRevoked: the platform's own credentials are not taken any more.
	TokenRevoked Fault = "token revoked"
)

// RetryAfter is what a service asks for when it is [Throttled].
const RetryAfter = 30 * time.Second

// Reasons are those of [pim.Profile.Barred] that a platform tells apart, or
// declares in [Fixture.Cannot].
var Reasons = []string{"deactivated", "guest", "bot", "other organisation"}

// must are faults that every platform can have.
var must = []Fault{Unreachable, PlaceGone, PersonGone, "deactivated", "other organisation"}
