package chat

import "hoist/internal/pim"

// Inbound is a verified delivery from a platform.
type Inbound struct {
	Person pim.Person
	// Text is what followed the command, as typed.
	Text string
	// Delivery identifies these signed bytes: a hash of their signature. The
	// same delivery coming again is answered the same and does nothing twice.
	Delivery string
	// Pressed is the button, for deliveries that are one.
	Pressed Pressed
}

// Pressed is what a button's payload carried.
type Pressed struct {
	Kind  ActionKind
	ID    pim.ID
	Value string
}
