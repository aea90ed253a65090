package slackweb

import (
	"strconv"
	"sync"

	"hoist/internal/sim/slack"
)

// maxAlerts is how many alerts are kept; an older one is forgotten.
const maxAlerts = 200

// memory is what Slack's client keeps for a person: what they have read, typed
// and been told, and what a select has loaded. Slack's servers know nothing of
// it.
type memory struct {
	mu     sync.Mutex
	read   map[readKey]int
	alerts map[int]alert
	last   int // number of the newest alert
	fields map[fieldKey]string
	faults map[string]faults // by view
	offers map[fieldKey]*offer
}

type readKey struct{ user, channel string }

// fieldKey names a field: the surface, who looks at it, and the element as
// block id and action id.
type fieldKey struct{ surface, user, element string }

type alert struct{ user, text string }

// faults are complaints about fields, by block id. They belong to one state of
// the view: when the app changes it, they are gone.
type faults struct {
	hash    string
	byBlock map[string]string
}

// offer is what an external select has loaded for what was searched.
type offer struct {
	once    sync.Once
	query   string
	options []slack.Option
	err     error
}

func newMemory() *memory {
	return &memory{
		read: map[readKey]int{}, alerts: map[int]alert{}, fields: map[fieldKey]string{},
		faults: map[string]faults{}, offers: map[fieldKey]*offer{},
	}
}

// unread counts what a person has not seen in a room.
func (m *memory) unread(log []slack.Entry, user, channel string) int {
	m.mu.Lock()
	seen := m.read[readKey{user, channel}]
	m.mu.Unlock()
	n := 0
	for _, e := range log[min(seen, len(log)):] {
		if e.Channel == channel && fresh(e, user) {
			n++
		}
	}
	return n
}

// fresh reports whether an entry is a message that is news to a person.
func fresh(e slack.Entry, user string) bool {
	switch e.Kind {
	case slack.Posted:
		return e.Message.User != user
	case slack.Ephemeral:
		return e.User == user
	default:
		return false
	}
}

// reads marks a room as read and reports whether there was anything new.
func (m *memory) reads(log []slack.Entry, user, channel string) bool {
	news := m.unread(log, user, channel) > 0
	m.mu.Lock()
	defer m.mu.Unlock()
	at := readKey{user, channel}
	m.read[at] = max(m.read[at], len(log))
	return news
}

// warn keeps what a person is told and returns its number for the address.
func (m *memory) warn(user, text string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last++
	m.alerts[m.last] = alert{user, text}
	delete(m.alerts, m.last-maxAlerts)
	return strconv.Itoa(m.last)
}

// warning returns what a person was told.
func (m *memory) warning(user, number string) string {
	n, err := strconv.Atoi(number)
	if err != nil {
		return ""
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if a := m.alerts[n]; a.user == user {
		return a.text
	}
	return ""
}

// typed returns what a field was filled with, if it was.
func (m *memory) typed(k fieldKey) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.fields[k]
	return v, ok
}

func (m *memory) types(k fieldKey, v string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fields[k] = v
}

// complaints returns what is wrong with the fields of a view as it stands.
func (m *memory) complaints(v slack.View) map[string]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f := m.faults[v.ID]; f.hash == v.Hash {
		return f.byBlock
	}
	return nil
}

func (m *memory) complains(v slack.View, byBlock map[string]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults[v.ID] = faults{v.Hash, byBlock}
}

// offer returns what a select has loaded, an empty one at first.
func (m *memory) offer(k fieldKey) *offer {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.offers[k] == nil {
		m.offers[k] = &offer{}
	}
	return m.offers[k]
}

// searched replaces what a select has loaded.
func (m *memory) searched(k fieldKey, query string, options []slack.Option, err error) {
	o := &offer{query: query, options: options, err: err}
	o.once.Do(func() {}) // loaded already
	m.mu.Lock()
	defer m.mu.Unlock()
	m.offers[k] = o
}

// forget drops everything about a view that has closed.
func (m *memory) forget(view string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.faults, view)
	for k := range m.fields {
		if k.surface == view {
			delete(m.fields, k)
		}
	}
	for k := range m.offers {
		if k.surface == view {
			delete(m.offers, k)
		}
	}
}
