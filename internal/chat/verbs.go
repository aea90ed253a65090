package chat

import "slices"

// Verb is what a command does.
type Verb string

// The verbs, as they are typed. An elevation needs none.
const (
	VerbElevate  Verb = "elevate"
	VerbStatus   Verb = "status"
	VerbRoles    Verb = "roles"
	VerbStop     Verb = "stop"
	VerbExtend   Verb = "extend"
	VerbWithdraw Verb = "withdraw"
	VerbApprove  Verb = "approve"
	VerbDeny     Verb = "deny"
	VerbPending  Verb = "pending"
	VerbWhatIf   Verb = "what-if"
	VerbHistory  Verb = "history"
	VerbWhoami   Verb = "whoami"
	VerbLink     Verb = "link"
	VerbUnlink   Verb = "unlink"
	VerbHelp     Verb = "help"
)

// verbRow is everything the program knows of a verb.
type verbRow struct {
	verb     Verb
	aliases  []string // other ways to type it, folded
	usage    string
	summary  string
	examples []string
	// parse reads the words after the verb.
	parse func(*reader)
	// reason says what "because" means here.
	reason reasonUse
	// built is false for what this version understands and does not do yet.
	built bool
}

// reasonUse says where a reason belongs.
type reasonUse int

const (
	noReason      reasonUse = iota // a reason here is not understood
	reasonOfAsk                    // the justification of a request
	reasonOfThing                  // why something is stopped, withdrawn or decided
)

// verbs is the grammar. Its order is that of the help; the first row is the
// command without a verb.
var verbs = []verbRow{
	{
		verb:    VerbElevate,
		usage:   "/elevate <role> <duration> because <why>",
		summary: "Ask for a role; /elevate alone opens a form, where the chat has one. In any order before “because”: ticket INC-42 · until 17:00 · at 14:00, in 30m or tomorrow 09:00 to start later · on <scope>.",
		examples: []string{
			"/elevate User Administrator 2h because rotating keys for INC-4711",
			"/elevate UA until 17:00 ticket INC-42 because onboarding",
			"/elevate User Administrator 90m at 14:00 because planned change",
			"/elevate User Administrator 1h30m tomorrow 09:00 because planned change",
			`/elevate "Groups Administrator" on "Finance unit" 1h because audit`,
			"/elevate",
		},
		parse: func(r *reader) { r.readAsk(anyOption) }, reason: reasonOfAsk, built: true,
	},
	{
		verb:     VerbStatus,
		usage:    "/elevate status",
		summary:  "What you hold and what you wait for, with the time left.",
		examples: []string{"/elevate status"},
		parse:    (*reader).readNothing, built: true,
	},
	{
		verb:     VerbRoles,
		usage:    "/elevate roles",
		summary:  "What you are eligible for, and what each policy allows.",
		examples: []string{"/elevate roles"},
		parse:    (*reader).readNothing, built: true,
	},
	{
		verb:     VerbStop,
		aliases:  []string{"deactivate"},
		usage:    "/elevate stop <role>",
		summary:  "Give a role back before its time is over.",
		examples: []string{"/elevate stop User Administrator", "/elevate stop UA because all keys are rotated"},
		parse:    (*reader).readRole, reason: reasonOfThing, built: true,
	},
	{
		verb:     VerbExtend,
		usage:    "/elevate extend <role> <duration> because <why>",
		summary:  "Hold a role longer. PIM does that by ending it and activating it anew.",
		examples: []string{"/elevate extend User Administrator 1h because one more key", "/elevate extend UA until 18:30 because one more key"},
		parse:    func(r *reader) { r.readNamedAsk(anyOption.without(optionStart)) }, reason: reasonOfAsk,
	},
	{
		verb:     VerbWithdraw,
		aliases:  []string{"cancel"},
		usage:    "/elevate withdraw <id>",
		summary:  "Take back a request that is still waiting.",
		examples: []string{"/elevate withdraw H-7K3F9QX"},
		parse:    (*reader).readRequest, reason: reasonOfThing, built: true,
	},
	{
		verb:     VerbApprove,
		usage:    "/elevate approve <id> because <why>",
		summary:  "Say yes to a request that waits for you.",
		examples: []string{"/elevate approve H-7K3F9QX because planned in CHG-1204"},
		parse:    (*reader).readRequest, reason: reasonOfThing, built: true,
	},
	{
		verb:     VerbDeny,
		aliases:  []string{"reject"},
		usage:    "/elevate deny <id> because <why>",
		summary:  "Say no to a request that waits for you.",
		examples: []string{"/elevate deny H-7K3F9QX because Groups Administrator is enough"},
		parse:    (*reader).readRequest, reason: reasonOfThing, built: true,
	},
	{
		verb:     VerbPending,
		usage:    "/elevate pending",
		summary:  "What waits for your decision.",
		examples: []string{"/elevate pending"},
		parse:    (*reader).readNothing, built: true,
	},
	{
		verb:     VerbWhatIf,
		aliases:  []string{"what if", "whatif"},
		usage:    "/elevate what-if <role> <duration>",
		summary:  "What the policy would say to a request. Nothing is sent.",
		examples: []string{"/elevate what-if User Administrator 8h", "/elevate what-if Global Reader until 17:00 ticket INC-42"},
		parse:    func(r *reader) { r.readNamedAsk(anyOption) }, reason: reasonOfAsk,
	},
	{
		verb:     VerbHistory,
		usage:    "/elevate history [me | role <role>]",
		summary:  "Recent elevations.",
		examples: []string{"/elevate history", "/elevate history me", "/elevate history role User Administrator"},
		parse:    (*reader).readHistory,
	},
	{
		verb:     VerbWhoami,
		usage:    "/elevate whoami",
		summary:  "Which Entra account you are to Hoist.",
		examples: []string{"/elevate whoami"},
		parse:    (*reader).readNothing, built: true,
	},
	{
		verb:     VerbLink,
		usage:    "/elevate link",
		summary:  "Prove that an Entra account is yours.",
		examples: []string{"/elevate link"},
		parse:    (*reader).readNothing, built: true,
	},
	{
		verb:     VerbUnlink,
		usage:    "/elevate unlink",
		summary:  "Make Hoist forget which Entra account is yours.",
		examples: []string{"/elevate unlink"},
		parse:    (*reader).readNothing, built: true,
	},
	{
		verb:     VerbHelp,
		aliases:  []string{"?", "-h", "--help"},
		usage:    "/elevate help",
		summary:  "This help.",
		examples: []string{"/elevate help", "/elevate help status"},
		parse:    (*reader).readTopic, built: true,
	},
}

// Built reports whether this version does what the verb says. The others are
// understood, so that a person is told "not yet" rather than "what?".
func (v Verb) Built() bool {
	for _, row := range verbs {
		if row.verb == v {
			return row.built
		}
	}
	return false
}

// verbAt finds the verb that words begin with, and how many words it takes;
// zero when the line is an elevation. Quoted words are names, never verbs.
func verbAt(table []verbRow, words []word) (row verbRow, n int) {
	for n = min(2, len(words)); n > 0; n-- {
		key := words[0].key
		if n == 2 {
			key += " " + words[1].key
		}
		for _, row := range table {
			if row.typedAs(key) {
				return row, n
			}
		}
	}
	return table[0], 0
}

func (row verbRow) typedAs(key string) bool {
	return key == string(row.verb) || slices.Contains(row.aliases, key)
}
