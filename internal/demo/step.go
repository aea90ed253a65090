package demo

import (
	"fmt"
	"regexp"
	"strings"
)

// Step is one line of a script, such as "Ada types: /elevate …".
type Step struct {
	At   string // file and line
	Line string // as written
	verb verb
	// args are what the verb's pattern captured: an actor or channel first,
	// where it has one, and the text after the colon last.
	args []string
}

// verb is a kind of step.
type verb struct {
	usage   string
	pattern *regexp.Regexp
	play    func(*play, []string) error
}

// verbs is the language. A text after the colon must appear in what is seen;
// parts between " | " must all appear. Everything that waits, waits until it is
// so or the step's time is over.
func verbs() []verb {
	v := func(usage, pattern string, play func(*play, []string) error) verb {
		return verb{usage, regexp.MustCompile(`^(?:` + pattern + `)$`), play}
	}
	const who, room = `([A-Z]\w+)`, `#([a-z][\w-]*)`
	return []verb{
		v("Ada types: /elevate …", who+` types: (.+)`, (*play).types),
		v("Ada types in #room: /elevate …", who+` types in `+room+`: (.+)`, (*play).typesIn),
		v("Slack sends that again", `Slack sends that again()`, (*play).sentAgain),
		v("Ada reads: text — what only Ada sees at once", who+` reads: (.+)`, (*play).reads),
		v("Ada's card: text — the newest card in Ada's direct messages", who+`'s card: (.+)`, (*play).cardShows),
		v("Ada is told: text — a new direct message", who+` is told: (.+)`, (*play).isTold),
		v("Ada is told nothing of: text", who+` is told nothing of: (.+)`, (*play).isNotTold),
		v("#room: text — a message in the channel", room+`: (.+)`, (*play).roomShows),
		v("#room, thread: text", room+`, thread: (.+)`, (*play).threadShows),
		v("#room is silent — nothing was posted there", room+` is silent()`, (*play).roomSilent),
		v("Ada chooses: label — presses a button in chat", who+` chooses: (.+)`, (*play).chooses),
		v("Ada opens: label — follows a link button", who+` opens: (.+)`, (*play).opens),
		v("Ada presses: label — presses a button in the browser", who+` presses: (.+)`, (*play).presses),
		v("Ada's page: text", who+`'s page: (.+)`, (*play).pageShows),
		v("Ada signs in to Slack", who+` signs in to Slack()`, (*play).signsInToSlack),
		v("Ada signs in as: upn — at Entra, with MFA where it is asked for", who+` signs in as: (.+)`, (*play).signsIn),
		v("Ada opens in another browser: label", who+` opens in another browser: (.+)`, (*play).opensElsewhere),
		v("Ben opens Ada's link — the one she opened last", who+` opens `+who+`'s link()`, (*play).opensLinkOf),
		v("a preview bot opens Ada's link", `a preview bot opens `+who+`'s link()`, (*play).previews),
		v("Ada writes: text — into the page's text field", who+` writes: (.+)`, (*play).writes),
		v("Ada fills in: role=… | duration=… | reason=…", who+` fills in: (.+)`, (*play).fillsIn),
		v("Ada's form: text — the form that is open", who+`'s form: (.+)`, (*play).formShows),
		v("Ada presses twice: label — two presses at once", who+` presses twice: (.+)`, (*play).pressesTwice),
		v("Ben approves in the portal", who+` (approves|denies) in the portal()`, (*play).decidesInPortal),
		v("Ada activates in the portal: role", who+` activates in the portal: (.+)`, (*play).activatesInPortal),
		v("an administrator revokes Ada's role: role", `an administrator revokes `+who+`'s role: (.+)`, (*play).revokes),
		v("Graph: loses the answer, throttles 2s, is down — for the next activation", `Graph: (.+)`, (*play).graphFails),
		v("Slack: is down, is back", `Slack: (.+)`, (*play).slackFails),
		v("Redis: is down, is back", `Redis: (.+)`, (*play).redisFails),
		v("admin names as approvers of role: upn, upn", `admin names as approvers of (.+?): (.+)`, (*play).namesApprovers),
		v("admin takes the permissions: name, name", `admin takes the permissions: (.+)`, (*play).takesPermission),
		v("admin demands the context c1 for: role", `admin demands the context (\w+) for: (.+)`, (*play).demandsContext),
		v("Ada's page leads on — to another sign-in, by itself", who+`'s page leads on()`, (*play).pageLeadsOn),
		v("admin makes Ada eligible for: role", `admin makes `+who+` eligible for: (.+)`, (*play).makesEligible),
		v("nobody is pinged, nothing is linked", `nobody is pinged, nothing is linked()`, (*play).harmless),
		v("clock: +2h", `clock: \+(\S+)`, (*play).clock),
		v("#room shows once: text — exactly one message", room+` shows once: (.+)`, (*play).roomShowsOnce),
		v("graph: POST path-part 1 — how often Graph was called", `graph: (\S+ \S+ \d+)`, (*play).graphCalls),
	}
}

func parseStep(line string) (Step, error) {
	for _, v := range verbs() {
		if m := v.pattern.FindStringSubmatch(line); m != nil {
			return Step{Line: line, verb: v, args: m[1:]}, nil
		}
	}
	var known []string
	for _, v := range verbs() {
		known = append(known, "  "+v.usage)
	}
	return Step{}, fmt.Errorf("cannot read %q; a step is one of\n%s", line, strings.Join(known, "\n"))
}
