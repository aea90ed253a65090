package chat_test

import (
	"errors"
	"fmt"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

func ExampleParse() {
	cmd, err := chat.Parse("User Administrator 2h ticket INC-4711 because rotating keys")
	fmt.Println(cmd.Verb, "|", cmd.Ask.Role, "|", pim.FormatDuration(cmd.Ask.Duration), "|", cmd.Ask.Ticket.Number, "|", cmd.Ask.Justification, "|", err)
	// Output: elevate | User Administrator | 2h | INC-4711 | rotating keys | <nil>
}

func ExampleParse_notUnderstood() {
	_, err := chat.Parse("User Administrator until 25:00 because rotating keys")
	if bad, ok := errors.AsType[*chat.ParseError](err); ok {
		fmt.Println(bad.Part)
		fmt.Println(bad.Hint)
		fmt.Println(bad.Ask.Role, "because", bad.Ask.Justification)
	}
	// Output:
	// until 25:00
	// That is no time of day. Write 14:00 or 2pm.
	// User Administrator because rotating keys
}

func ExampleCommand_String() {
	cmd, _ := chat.Parse("for 1,5 hours “Status Reader”, tomorrow at 9:00 because why not")
	fmt.Println(cmd)
	// Output: "Status Reader" 1h30m tomorrow 09:00 because why not
}

func ExampleHelp() {
	for _, e := range chat.Help() {
		fmt.Println(e.Usage)
	}
	// Output:
	// /elevate <role> <duration> because <why>
	// /elevate status
	// /elevate roles
	// /elevate stop <role>
	// /elevate withdraw <id>
	// /elevate approve <id> because <why>
	// /elevate deny <id> because <why>
	// /elevate pending
	// /elevate whoami
	// /elevate link
	// /elevate unlink
	// /elevate help
}

func ExampleMatcher() {
	own := []pim.Eligibility{
		{ID: "1", Target: pim.Target{ID: "a", Name: "User Administrator"}},
		{ID: "2", Target: pim.Target{ID: "b", Name: "Global Reader"}},
		{ID: "3", Target: pim.Target{ID: "c", Name: "Global Administrator"}},
	}
	for _, words := range []string{"ua", "global", "usr"} {
		found := chat.Matcher{}.Match(words, "", own)
		fmt.Println(words, len(found.Fits), len(found.Suggestions))
	}
	// Output:
	// ua 1 0
	// global 2 0
	// usr 0 1
}
