package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"hoist/internal/demo"
)

type demoCommand struct {
	Listen   string `default:"localhost:8080" help:"The loopback port of the demo in a browser; port 0 is a free one." placeholder:"localhost:PORT"`
	Log      bool   `help:"Write Hoist's own log to standard error."`
	Scenario string `help:"Play a scenario in the terminal instead, or \"list\" all of them." placeholder:"NAME|list"`
	On       string `default:"" enum:"slack,console," help:"The chat to play it in, slack or console; unless given, the story's own, or slack." placeholder:"CHAT"`
}

// Run serves the demo in a browser, or plays a scenario and prints who sees
// what, when.
func (d demoCommand) Run(ctx context.Context, out io.Writer) error {
	var log *slog.Logger
	if d.Log {
		log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	demo.LogTo(log)
	switch d.Scenario {
	case "":
		return d.serve(ctx, log, out)
	case "list":
		return list(out)
	}
	s, err := demo.Find(d.Scenario)
	if err != nil {
		return &usageError{err}
	}
	return demo.Play(ctx, s, d.On, out)
}

func (d demoCommand) serve(ctx context.Context, log *slog.Logger, out io.Writer) error {
	if d.On != "" {
		return &usageError{errors.New("--on is for scenarios; the demo in a browser is Slack")}
	}
	live, err := demo.Start(ctx, demo.LiveOptions{Listen: d.Listen, Log: log})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(out, live.Greeting()); err != nil {
		return errors.Join(err, live.Close())
	}
	<-ctx.Done()
	return live.Close()
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
