package fault

import (
	"regexp"

	"hoist/internal/pim"
)

// Claim is what a message says of an elevation.
type Claim string

// The claims. Underway is everything before PIM's word.
const (
	Underway   Claim = "underway"
	Waiting    Claim = "waiting for approval"
	Later      Claim = "granted for later"
	Holding    Claim = "active"
	SetRight   Claim = "corrected to active"
	Over       Claim = "ended"
	OverEarly  Claim = "ended early"
	SeenOver   Claim = "seen to have ended early"
	SaidNo     Claim = "denied"
	NotGranted Claim = "refused"
	Dropped    Claim = "withdrawn or canceled"
	Nothing    Claim = "nothing came of it"
	Unknown    Claim = "unknown"
)

// sayings are the sentences of cards and notices that make a claim; the first
// that fits counts. Where a time of an end is named, or one at which it was seen,
// it is the one group.
var sayings = []struct {
	claim Claim
	says  *regexp.Regexp
}{
	{Unknown, regexp.MustCompile(`Unknown: PIM's answer was lost|may have activated`)},
	{SetRight, regexp.MustCompile(`Correction: this was shown`)},
	{SeenOver, regexp.MustCompile(`[Ee]nded(?: early)?, seen at (?:\S.*?)?(\d\d:\d\d)`)},
	{OverEarly, regexp.MustCompile(`[Ee]nded early at (\S.*?\d\d:\d\d|\d\d:\d\d)`)},
	{Over, regexp.MustCompile(`(?:[Ee]nded at| held .* until) (?:\S.* )?(\d\d:\d\d)`)},
	{Holding, regexp.MustCompile(`(?:(?:A| a)ctive until| holds .* until) (?:\S.* )?(\d\d:\d\d)`)},
	{Later, regexp.MustCompile(`Granted; it starts at| will hold `)},
	{Waiting, regexp.MustCompile(`Waiting for approval| waits for approval of | asks for [^\n]*\n(?s:.*)PIM names you as an approver`)},
	{SaidNo, regexp.MustCompile(`(?m)^\W*Denied| was denied | denied it`)},
	{NotGranted, regexp.MustCompile(`PIM said no|Not possible|Not found in PIM| could not activate `)},
	{Dropped, regexp.MustCompile(`(?m)^\W*Withdrawn| no longer asks for |It was withdrawn`)},
	{Nothing, regexp.MustCompile(`Nothing came of it| got no answer for |Nobody decided in time`)},
}

// answers are the headlines of lists that say how things stand.
var answers = regexp.MustCompile(`^(?:Your elevations|It has moved on; this is how it stands now|No sign-in waits for you here any more)\n`)

// Read returns what a text claims, and the time of day that it names for the end,
// "" where it names none.
func Read(text string) (Claim, string) {
	for _, s := range sayings {
		if m := s.says.FindStringSubmatch(text); m != nil {
			clock := ""
			if len(m) > 1 {
				clock = m[1][max(0, len(m[1])-5):]
			}
			return s.claim, clock
		}
	}
	return Underway, ""
}

// claims are what cards say of a state.
var claims = map[pim.State]Claim{
	pim.AwaitingApproval: Waiting, pim.Scheduled: Later, pim.Active: Holding, pim.Expired: Over, pim.EndedEarly: OverEarly,
	pim.Denied: SaidNo, pim.Failed: NotGranted, pim.Refused: NotGranted, pim.Canceled: Dropped, pim.Lapsed: Nothing, pim.Unresolved: Unknown,
}

// ClaimOf is what a card must say of a record: that it was seen to have ended,
// while nobody has said when it did.
func ClaimOf(e pim.Elevation) Claim {
	if e.State == pim.EndedEarly && e.Activation.Ended.IsZero() {
		return SeenOver
	}
	if c, ok := claims[e.State]; ok {
		return c
	}
	return Underway
}
