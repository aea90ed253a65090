// Command bot is Hoist: a chat bot that makes Microsoft Entra PIM pleasant.
//
// This version has the demo in a browser ("bot demo"), plays scenarios in the
// terminal ("bot demo --scenario activate"), serves the simulated services alone
// ("bot sim") and tells its version. Exit codes: 0 fine, 1 failed, 2 usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // people's zones must be known on a machine without a database of them

	"github.com/alecthomas/kong"

	"hoist/internal/demo"
)

// version is set by release builds.
var version = "dev"

// Exit codes.
const (
	exitFine   = 0
	exitFailed = 1
	exitUsage  = 2
)

// commands is the command line.
type commands struct {
	Demo    demoCommand    `cmd:"" help:"Everything in a browser, against a simulated tenant; nothing leaves this machine."`
	Sim     simCommand     `cmd:"" help:"Serve the simulated Slack, Entra and Graph to other programs on this machine."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := interruptible()
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// interruptible is a context that ends with the first Ctrl+C. The second ends the
// process, whatever still goes on.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// run is main without the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var cli commands
	exit := -1
	parser, err := kong.New(&cli,
		kong.Name("bot"),
		kong.Description("Hoist brings Microsoft Entra PIM to chat."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.BindTo(stdout, (*io.Writer)(nil)),
	)
	if err != nil {
		fmt.Fprintln(stderr, "bot:", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit // help was asked for
	}
	if err != nil {
		fmt.Fprintf(stderr, "bot: %v\nTry: bot --help\n", err)
		return exitUsage
	}
	if err := command.Run(); err != nil {
		fmt.Fprintln(stderr, "bot:", err)
		return codeOf(err)
	}
	return exitFine
}

// codeOf tells what somebody can mend on the command line, or in a file that it
// names, from what failed.
func codeOf(err error) int {
	_, usage := errors.AsType[*usageError](err)
	_, option := errors.AsType[*demo.OptionError](err)
	if usage || option {
		return exitUsage
	}
	return exitFailed
}

// usageError is a command line that cannot be carried out as given.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(out io.Writer) error {
	_, err := fmt.Fprintln(out, "bot", version)
	return err
}
