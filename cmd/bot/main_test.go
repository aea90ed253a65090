package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	tests := map[string]struct {
		args []string
		code int
		out  string // in standard output
		err  string // in standard error
	}{
		"version":                    {[]string{"version"}, exitFine, "bot dev", ""},
		"help":                       {[]string{"--help"}, exitFine, "demo", ""},
		"scenarios are listed":       {[]string{"demo", "--scenario", "list"}, exitFine, "activate ", ""},
		"an unknown scenario":        {[]string{"demo", "--scenario", "nope"}, exitUsage, "", `there is no scenario "nope"; there are activate`},
		"a story about another chat": {[]string{"demo", "--scenario", "form", "--on", "console"}, exitFailed, "", "a story about slack"},
		"an unknown chat":            {[]string{"demo", "--scenario", "activate", "--on", "irc"}, exitUsage, "", "--on"},
		"a chat without a scenario":  {[]string{"demo", "--on", "console"}, exitUsage, "", "--on is for scenarios"},
		"a demo for everybody":       {[]string{"demo", "--listen", "0.0.0.0:8080"}, exitUsage, "", "use localhost:8080"},
		"a demo on no port":          {[]string{"demo", "--listen", "localhost:99999"}, exitUsage, "", "give it as localhost:PORT"},
		"a demo on a taken port":     {[]string{"demo", "--listen", "localhost:" + busy(t)}, exitFailed, "", "another program listens"},
		"an example world":           {[]string{"sim", "--example"}, exitFine, "Fjordbank", ""},
		"a world that is not there":  {[]string{"sim", "--world", "nowhere.yaml"}, exitUsage, "", "nowhere.yaml"},
		"services for everybody":     {[]string{"sim", "--http", "0.0.0.0:0", "--ca", os.DevNull}, exitUsage, "", "not loopback"},
		"services on no port":        {[]string{"sim", "--https", "127.0.0.1", "--http", "127.0.0.1:0", "--ca", os.DevNull}, exitUsage, "", "missing port"},
		"a world with a fault":       {[]string{"sim", "--world", faulty(t)}, exitUsage, "", "world.yaml:1"},
		"no command":                 {nil, exitUsage, "", "expected one of"},
		"an unknown flag":            {[]string{"version", "--loud"}, exitUsage, "", "unknown flag --loud"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			if code := run(t.Context(), tt.args, &out, &errs); code != tt.code {
				t.Errorf("exit code %d, want %d\n%s%s", code, tt.code, out.String(), errs.String())
			}
			if !strings.Contains(out.String(), tt.out) || !strings.Contains(errs.String(), tt.err) {
				t.Errorf("stdout:\n%s\nstderr:\n%s", out.String(), errs.String())
			}
		})
	}
}

// busy is a port that somebody listens on.
func busy(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// faulty is a world that cannot be read.
func faulty(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "world.yaml")
	if err := os.WriteFile(path, []byte("people: 7"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRun_plays_a_scenario(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"demo", "--scenario", "too-long"}, &out, &errs); code != exitFine {
		t.Fatalf("exit code %d\n%s", code, errs.String())
	}
	if !strings.Contains(out.String(), "allows 8 h at most") {
		t.Errorf("transcript:\n%s", out.String())
	}
}

// A program that takes its time to end; the test runs itself as one.
func TestMain(m *testing.M) {
	if os.Getenv("BOT_TEST_SLOW_END") == "" {
		os.Exit(m.Run())
	}
	ctx, stop := interruptible()
	defer stop()
	fmt.Println("runs")
	<-ctx.Done()
	fmt.Println("ends")
	time.Sleep(10 * time.Second)
}

func TestInterruptible_another_CtrlC_ends_the_process(t *testing.T) {
	slow := exec.CommandContext(t.Context(), os.Args[0])
	slow.Env = append(os.Environ(), "BOT_TEST_SLOW_END=1")
	out, err := slow.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := slow.Start(); err != nil {
		t.Fatal(err)
	}
	says := bufio.NewScanner(out)
	hear := func(word string) {
		if !says.Scan() || says.Text() != word {
			t.Fatalf("it says %q, want %q", says.Text(), word)
		}
	}
	press := func() { _ = slow.Process.Signal(os.Interrupt) } // it may have ended
	hear("runs")
	press()
	hear("ends")
	again := time.NewTicker(20 * time.Millisecond) // as somebody impatient does
	defer again.Stop()
	ended := make(chan error, 1)
	go func() { ended <- slow.Wait() }()
	for {
		select {
		case <-again.C:
			press()
		case err := <-ended:
			var by *exec.ExitError
			if !errors.As(err, &by) || by.Sys().(syscall.WaitStatus).Signal() != os.Interrupt {
				t.Errorf("it ended with %v", err)
			}
			return
		}
	}
}
