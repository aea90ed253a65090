package main

import (
	"context"
	"fmt"
	"io"

	"hoist/internal/demo"
)

type demoCommand struct {
	Scenario string `required:"" help:"The scenario to play, or \"list\" for all of them." placeholder:"NAME|list"`
	On       string `default:"" enum:"slack,console," help:"The chat to play it in, slack or console; unless given, the story's own, or slack." placeholder:"CHAT"`
}

// Run plays a scenario and prints who sees what, when.
func (d demoCommand) Run(ctx context.Context, out io.Writer) error {
	if d.Scenario == "list" {
		return list(out)
	}
	s, err := demo.Find(d.Scenario)
	if err != nil {
		return &usageError{err}
	}
	return demo.Play(ctx, s, d.On, out)
}

func list(out io.Writer) error {
	all, err := demo.Scenarios()
	if err != nil {
		return err
	}
	for _, s := range all {
		if _, err := fmt.Fprintf(out, "%-27s %s\n", s.Name, s.Title); err != nil {
			return err
		}
	}
	return nil
}
