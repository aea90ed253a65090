package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// spoken is what a command prints, safe to read while it runs.
type spoken struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *spoken) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *spoken) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// simulate runs `bot sim` on free ports and returns its two addresses.
func simulate(t *testing.T, ca string) (plain, secure string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var out, errs spoken
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"sim", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--ca", ca}, &out, &errs)
	}()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != exitFine {
			t.Errorf("bot sim ended with %d\n%s", code, errs.String())
		}
	})
	said := regexp.MustCompile(`(?s)Graph +https://(\S+)/v1\.0/.*Slack +http://(\S+)/slack/api/`)
	for began := time.Now(); time.Since(began) < 20*time.Second; time.Sleep(10 * time.Millisecond) {
		if m := said.FindStringSubmatch(out.String()); m != nil {
			return m[2], m[1]
		}
	}
	t.Fatalf("bot sim says\n%s\n%s", out.String(), errs.String())
	return "", ""
}

// The commands of docs/sim.md do what the page says: its curl lines are run by a
// shell, with the ports of a `bot sim` of this test.
func TestSim_the_commands_of_its_page_work(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no curl on this machine: the commands of docs/sim.md are not tried")
	}
	page, err := os.ReadFile("../../docs/sim.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	plain, secure := simulate(t, dir+"/sim-ca.pem")
	tried := 0
	var script strings.Builder
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		if strings.Contains(block[1], "curl ") {
			tried++
			script.WriteString(block[1] + "\necho\n")
		}
	}
	if tried < 2 {
		t.Fatalf("docs/sim.md has %d blocks with curl", tried)
	}
	shell := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", strings.NewReplacer("127.0.0.1:8081", plain, "127.0.0.1:8443", secure).Replace(script.String()))
	shell.Dir = dir
	said, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, part := range []string{`"roleDefinition"`, "User Administrator", `"ok":true`} {
		if !strings.Contains(string(said), part) {
			t.Errorf("no %s in\n%.2000s", part, said)
		}
	}
	for _, path := range []string{"/as/ada", "/tenant", "/wire"} {
		if err := exec.CommandContext(t.Context(), "curl", "--silent", "--fail", "--location", "--output", os.DevNull, "http://"+plain+path).Run(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
