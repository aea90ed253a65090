package slack

import (
	"crypto/rand"
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	upperDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	mixedDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	hexDigits   = "0123456789abcdef"
)

// identifiers makes the names that Slack gives to things. It has its own lock,
// since names are made with and without the state's lock held.
type identifiers struct {
	mu     sync.Mutex
	random io.Reader
	last   int64 // microseconds of the newest message timestamp
}

func newIdentifiers(random io.Reader) *identifiers {
	if random == nil {
		random = rand.Reader
	}
	return &identifiers{random: random}
}

// text returns n characters of an alphabet. A source that runs dry is replaced
// by crypto/rand, which never fails, so that no caller has to handle it.
func (g *identifiers) text(n int, alphabet string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := make([]byte, n)
	if _, err := io.ReadFull(g.random, b); err != nil {
		g.random = rand.Reader
		_, _ = rand.Read(b)
	}
	for i := range b {
		b[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return string(b)
}

// id returns an identifier such as D06AB12CD34.
func (g *identifiers) id(prefix string) string { return prefix + g.text(10, upperDigits) }

// ts returns a message timestamp, which doubles as the message's identifier
// and therefore grows even while the clock stands still.
func (g *identifiers) ts(now time.Time) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = max(g.last+1, now.UnixMicro())
	return fmt.Sprintf("%d.%06d", g.last/1e6, g.last%1e6)
}

// hash returns a view's version mark.
func (g *identifiers) hash(now time.Time) string {
	return fmt.Sprintf("%d.%s", now.Unix(), g.text(8, mixedDigits))
}
