package console

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rivo/uniseg"

	"hoist/internal/adapters/adapterstest"
	"hoist/internal/chat"
	"hoist/internal/pim"
)

func TestConsole_passes_the_suite(t *testing.T) { adapterstest.Run(t, suiteFixture) }

// suiteFixture looks at nothing but what was printed.
func suiteFixture(t *testing.T) adapterstest.Fixture {
	r := newRoom(t, nil)
	person := func(name string) pim.Person { return pim.Person{Platform: Name, Workspace: "office", User: name} }
	return adapterstest.Fixture{
		Platform: r.Console,
		Direct:   toAda, Channel: toFeed,
		Known: person("Ada"), Unknown: person("Zoe"),
		Profile: pim.Profile{Name: "Ada Lindqvist", Email: "ada@fjordbank.example", Zone: r.berlin},
		Barred: map[string]pim.Person{
			"deactivated": person("Dana"), "guest": person("Gus"),
			"other organisation": {Platform: Name, Workspace: "elsewhere", User: "Ada"},
		},
		Register: true, Zone: r.berlin,
		Read:    r.read,
		Thread:  r.thread,
		Press:   r.press,
		Inspect: r.inspect,
		Break: map[adapterstest.Fault]func(){
			adapterstest.Unreachable: func() { r.screen.breakDown(errors.New("no terminal")) },
			adapterstest.PlaceGone:   func() { check(t, r.SetChannel(Channel{Name: "elevations", Closed: true})) },
			adapterstest.PersonGone:  func() { check(t, r.SetPerson(Person{Name: "Ada", FullName: "Ada Lindqvist", Barred: "deactivated"})) },
		},
		Cannot: map[adapterstest.Fault]string{
			adapterstest.Throttled:    "a terminal takes what it is given",
			adapterstest.Silent:       "a write to the terminal has no answer that could be late",
			adapterstest.TokenRevoked: "it has no credentials",
			"bot":                     "the people of its configuration are people",
		},
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// screen is a terminal that keeps what it showed and can break down.
type screen struct {
	mu     sync.Mutex
	shown  bytes.Buffer
	broken error
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return 0, s.broken
	}
	return s.shown.Write(p)
}

func (s *screen) breakDown(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = err
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown.String()
}

// block is a message as it was last printed, header first; nil for none.
func (r *room) block(number string) []string {
	var block []string
	in := false
	for l := range strings.SplitSeq(r.screen.text(), "\n") {
		switch {
		case strings.HasPrefix(l, "message "+number+" · "):
			block, in = []string{l}, true
		case !strings.HasPrefix(l, "  "):
			in = false
		case in:
			block = append(block, l)
		}
	}
	return block
}

func numberOf(ref pim.Ref) string {
	_, number, _ := strings.Cut(string(ref), ".")
	return number
}

func (r *room) read(_ pim.Place, ref pim.Ref) (adapterstest.Message, bool) {
	block := r.block(numberOf(ref))
	if block == nil || strings.HasSuffix(block[0], "(deleted)") {
		return adapterstest.Message{}, false
	}
	return parsed(block[1:]), true
}

var buttonLine = regexp.MustCompile(`^  \[(\d+)\] (.*)$`)

// parsed tells text from buttons by the margin, as a person does.
func parsed(lines []string) adapterstest.Message {
	var m adapterstest.Message
	button := false
	for _, l := range lines {
		found := buttonLine.FindStringSubmatch(l)
		switch {
		case found != nil:
			button = true
			m.Buttons = append(m.Buttons, adapterstest.Button{Label: found[2]})
		case strings.HasPrefix(l, strings.Repeat(" ", atRest)) && button:
			m.Buttons[len(m.Buttons)-1].Label += " " + strings.TrimSpace(l)
		default:
			button = false
			m.Text += strings.TrimPrefix(l, "    ") + "\n"
		}
	}
	for i, b := range m.Buttons {
		m.Buttons[i].Label, m.Buttons[i].URL = cutAddress(b.Label)
	}
	if _, address, ok := strings.Cut(m.Text, "→ https://entra."); ok { // one of the suite's own
		m.Links = append(m.Links, adapterstest.Link{URL: "https://entra." + strings.TrimRight(strings.Fields(address)[0], ".")})
	}
	if strings.Contains(m.Text, "\x1b") {
		m.Formats = append(m.Formats, "escape sequences")
	}
	return m
}

func cutAddress(label string) (text, address string) {
	i := strings.LastIndex(label, "→ http")
	if i < 0 || strings.Contains(label[i:], "evil") {
		return label, ""
	}
	return strings.TrimSpace(label[:i]), strings.TrimPrefix(label[i:], "→ ")
}

func (r *room) thread(_ pim.Place, card pim.Ref) []adapterstest.Message {
	var all []adapterstest.Message
	seen := map[string]bool{}
	header := regexp.MustCompile(`(?m)^message (\d+) · \S+ \S+, in the thread of message ` + numberOf(card) + `(?: |$)`)
	for _, found := range header.FindAllStringSubmatch(r.screen.text(), -1) {
		if b := r.block(found[1]); !seen[found[1]] && !strings.HasSuffix(b[0], "(deleted)") {
			seen[found[1]] = true
			all = append(all, parsed(b[1:]))
		}
	}
	return all
}

// press finds the number beside a label and types it.
func (r *room) press(who pim.Person, _ pim.Place, ref pim.Ref, label string) (chat.Inbound, bool) {
	for _, l := range r.block(numberOf(ref)) {
		found := buttonLine.FindStringSubmatch(l)
		if found == nil {
			continue
		}
		if shown, _ := cutAddress(found[2]); shown != label {
			continue
		}
		before := len(r.bot.seen())
		check(r.t, r.Type(r.t.Context(), who.User+"> press "+found[1]))
		if heard := r.bot.seen(); len(heard) > before {
			return heard[len(heard)-1], true
		}
	}
	return chat.Inbound{}, false
}

// inspect fails for lines wider than the screen, unless one thing on them cannot
// be broken.
func (r *room) inspect(t *testing.T, _ pim.Place, ref pim.Ref) {
	t.Helper()
	for _, l := range r.block(numberOf(ref)) {
		if w := uniseg.StringWidth(l); w > r.cfg.Width && !strings.Contains(l, "→ http") && !strings.Contains(l, "Connect-MgGraph") && !strings.HasPrefix(l, "    a b ") && !strings.HasPrefix(l, "    é<&>") {
			t.Errorf("%d columns: %q", w, l)
		}
	}
}

var (
	nine   = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	toAda  = pim.Place{Kind: pim.Requester, Platform: Name, Workspace: "office", Address: "Ada"}
	toFeed = pim.Place{Kind: pim.Feed, Platform: Name, Workspace: "office", Address: "elevations"}
)
