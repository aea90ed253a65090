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
	// Form is what a submitted request form holds, for deliveries that are one.
	Form FormValues
}

// FormValues are the fields of a [RequestForm], as the person left them.
type FormValues struct {
	// Right is the value of the chosen [RoleOption], RightName its label, which
	// says to the person what they chose and decides nothing.
	Right     string
	RightName string
	Duration  string // as typed: "2h", "until 17:00"
	Start     string // as typed, may be empty
	Ticket    string
	Reason    string
}

// FormField names a field, for saying what is wrong with it.
type FormField string

// The fields of a request form.
const (
	FieldRight    FormField = "right"
	FieldDuration FormField = "duration"
	FieldStart    FormField = "start"
	FieldTicket   FormField = "ticket"
	FieldReason   FormField = "reason"
)

// FormAnswer is what becomes of a submitted form: faults by field, shown beside
// them while the form stays open, or none and the form closes. Reply, when not
// nil, is told to the person alone.
type FormAnswer struct {
	Faults map[FormField]string
	Reply  View
}

// RoleOption is one of a person's own rights in a form. Both texts are those of
// the tenant.
type RoleOption struct {
	Label string // role, and scope where it is not the tenant
	Note  string // what its policy asks, in a few words
	Value string // opaque, at most 32 characters
}

// Pressed is what a button's payload carried.
type Pressed struct {
	Kind  ActionKind
	ID    pim.ID
	Value string
}
