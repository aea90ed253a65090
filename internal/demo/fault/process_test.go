package fault_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is one replica.
type process struct {
	childConfig
	cmd    *exec.Cmd
	in     io.WriteCloser
	addr   string
	stderr bytes.Buffer

	lines   chan string   // answers to commands
	reached chan struct{} // closed when it is at its point
	ended   chan struct{} // closed when it is no more
	err     error         // of its end

	mu     sync.Mutex
	frozen bool
	goneOn bool // after having been frozen
	waits  int  // answers that are still to come
}

// patience bounds what should take no time.
const patience = 20 * time.Second

func startProcess(t *testing.T, c childConfig) (*process, error) {
	t.Helper()
	dir := t.TempDir()
	c.Audit, c.Trace, c.Log = filepath.Join(dir, "audit.jsonl"), filepath.Join(dir, "trace"), filepath.Join(dir, "log")
	config, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	p := &process{childConfig: c, lines: make(chan string, 100), reached: make(chan struct{}), ended: make(chan struct{})}
	p.cmd = exec.Command(os.Args[0], "-test.run=^$")
	p.cmd.Env = append(os.Environ(), childEnv+"="+string(config), "GOTRACEBACK=none")
	p.cmd.Stderr = &p.stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan string, 1)
	go p.listen(out, ready)
	select {
	case p.addr = <-ready:
		return p, nil
	case <-p.ended:
		return nil, fmt.Errorf("%s did not start: %w\n%s", c.Name, p.err, p.stderr.String())
	case <-time.After(patience):
		p.kill()
		return nil, fmt.Errorf("%s did not start in time", c.Name)
	}
}

func (p *process) listen(out io.Reader, ready chan<- string) {
	for in := bufio.NewScanner(out); in.Scan(); {
		switch word, arg, _ := strings.Cut(in.Text(), " "); word {
		case "ready":
			ready <- arg
		case "reached":
			close(p.reached)
		default:
			p.lines <- word
		}
	}
	p.err = p.cmd.Wait()
	close(p.ended)
}

// tell gives a command and waits until it was done, unless the process is dead
// or frozen: then it finds the command when it goes on.
func (p *process) tell(command string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := io.WriteString(p.in, command+"\n"); err != nil {
		return
	}
	p.waits++
	limit, reached := time.After(patience), p.reached
	if p.goneOn {
		reached = nil
	}
	for p.waits > 0 && !p.frozen {
		select {
		case <-p.lines:
			p.waits--
		case <-reached:
			if p.Freeze {
				p.frozen = true
			} else {
				select {
				case <-p.ended:
				case <-limit:
				}
				return
			}
		case <-p.ended:
			return
		case <-limit:
			return
		}
	}
}

// thaw lets a frozen process go on.
func (p *process) thaw() {
	_, _ = io.WriteString(p.in, "go\n")
	_ = p.cmd.Process.Signal(syscall.SIGCONT)
	p.mu.Lock()
	p.waits++
	p.frozen, p.goneOn = false, true
	p.mu.Unlock()
}

// hold keeps a process still, and wake ends that: it finds what it was told
// meanwhile.
func (p *process) hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frozen = true
	_ = p.cmd.Process.Signal(syscall.SIGSTOP)
}

func (p *process) wake() {
	p.mu.Lock()
	p.frozen = false
	_ = p.cmd.Process.Signal(syscall.SIGCONT)
	p.mu.Unlock()
	p.tell("ping")
}

// isFrozen reports whether the process is at its point and does not go on yet.
func (p *process) isFrozen() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.reached:
		return p.Freeze && !p.goneOn
	default:
		return false
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// stop ends the process as an operator does, and reports whether it ended well.
func (p *process) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(patience + 5*time.Second):
		p.kill()
		return fmt.Errorf("%s did not end when told to", p.Name)
	}
	select {
	case <-p.reached:
		if !p.Freeze {
			return nil // it was to be killed there
		}
	default:
	}
	if p.err != nil {
		return fmt.Errorf("%s ended with %w\n%s", p.Name, p.err, p.stderr.String())
	}
	return nil
}

func (p *process) alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

func (p *process) read(name string) []byte {
	text, _ := os.ReadFile(name)
	return text
}
