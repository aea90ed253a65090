package signin

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

// shortestKey is how long a link key must be: the output of the hash.
const shortestKey = sha256.Size

// Links makes and checks the personal links of sign-ins. A link's secret is a
// MAC over what it is for, so that any replica can show it again and nothing
// has to be kept; see [pim.SignIn].
type Links struct {
	base   string // scheme and host, no slash at the end
	prefix string // path up to and with the shard
	shard  string
	keys   []secret.Value
}

var _ pim.SignIn = (*Links)(nil)

// NewLinks returns links below publicURL, which has no path. The first key
// signs and all keys verify, so that a key is rotated by putting a new one in
// front. A key has at least 32 bytes.
func NewLinks(publicURL, shard string, keys []secret.Value) (*Links, error) {
	base, err := origin(publicURL)
	if err != nil {
		return nil, fmt.Errorf("public URL: %w", err)
	}
	if !shardForm.MatchString(shard) {
		return nil, fmt.Errorf("shard %q: want letters and digits", shard)
	}
	if len(keys) == 0 {
		return nil, errors.New("no link key")
	}
	for i, k := range keys {
		if len(k.Reveal()) < shortestKey {
			return nil, fmt.Errorf("link key %d has less than %d bytes", i+1, shortestKey)
		}
	}
	return &Links{base: base, prefix: "/signin/" + shard, shard: shard, keys: keys}, nil
}

// ShardOf is where a tenant's records live: one of 1024, so that a link tells a
// replica where to look and nothing about the tenant.
func ShardOf(t pim.TenantID) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(t))
	return fmt.Sprintf("s%04d", h.Sum32()%1024)
}

// Link implements [pim.SignIn].
func (l *Links) Link(e pim.Elevation, p pim.Pass) secret.Value {
	return secret.New(l.base + l.path(ticket{id: e.ID, purpose: p.Purpose, attempt: p.Attempt}, p.Person))
}

// path is the link without scheme and host.
func (l *Links) path(t ticket, who pim.Person) string {
	return l.prefix + "/" + string(t.id) + "/" + t.step() + "." + sign(l.keys[0], t.signed(who))
}

// owner returns whose link it is that carries mac.
func (l *Links) owner(t ticket, e pim.Elevation, mac string) (pim.Person, bool) {
	var who pim.Person
	found := false
	for _, p := range t.holders(e) {
		if verify(l.keys, mac, t.signed(p)) {
			who, found = p, true
		}
	}
	return who, found
}

// ticket names one attempt of one sign-in; a link is a ticket of one person.
type ticket struct {
	id      pim.ID
	purpose pim.Purpose
	attempt int
}

// The forms that parts of a URL must have. Whatever passes may stand in a
// cookie's name.
var (
	idForm      = regexp.MustCompile(`^H-[0-9A-Z]{4,16}$`)
	shardForm   = regexp.MustCompile(`^[a-z0-9]{1,16}$`)
	purposeForm = regexp.MustCompile(`^[a-z]{1,16}$`)
)

// parseTicket reads "purpose.attempt" for an elevation.
func parseTicket(id, purpose, attempt string) (ticket, bool) {
	n, err := strconv.Atoi(attempt)
	if err != nil || n < 1 || strconv.Itoa(n) != attempt {
		return ticket{}, false
	}
	if !idForm.MatchString(id) || !purposeForm.MatchString(purpose) {
		return ticket{}, false
	}
	return ticket{id: pim.ID(id), purpose: pim.Purpose(purpose), attempt: n}, true
}

// parseToken reads the last part of a link's path.
func parseToken(id, token string) (t ticket, mac string, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ticket{}, "", false
	}
	t, ok = parseTicket(id, parts[0], parts[1])
	return t, parts[2], ok
}

// holders are the persons who may have a link of this ticket. Whoever asked for
// the elevation keeps every link that was ever theirs: it opens nothing any more,
// but its page says so.
func (t ticket) holders(e pim.Elevation) []pim.Person {
	var all []pim.Person
	if !t.purpose.Decides() {
		all = append(all, e.Person)
	}
	for _, p := range e.Passes() {
		if p.Purpose == t.purpose && p.Attempt == t.attempt && !slices.Contains(all, p.Person) {
			all = append(all, p.Person)
		}
	}
	return all
}

func (t ticket) step() string { return string(t.purpose) + "." + strconv.Itoa(t.attempt) }

// signed is what the link's MAC covers. No part can hold the separator: a
// person's parts hold no slash and no control character ends up in an id.
func (t ticket) signed(who pim.Person) []string {
	return []string{"link", string(t.purpose), string(t.id), who.Key(), strconv.Itoa(t.attempt)}
}

// sign returns HMAC-SHA256 over the parts, each with its length in front so
// that no two lists of parts look the same.
func sign(key secret.Value, parts []string) string {
	return base64.RawURLEncoding.EncodeToString(mac(key, parts))
}

func verify(keys []secret.Value, given string, parts []string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(given)
	if err != nil {
		return false
	}
	ok := false
	for _, k := range keys {
		if hmac.Equal(raw, mac(k, parts)) {
			ok = true
		}
	}
	return ok
}

func mac(key secret.Value, parts []string) []byte {
	m := hmac.New(sha256.New, []byte(key.Reveal()))
	for _, p := range parts {
		_, _ = fmt.Fprintf(m, "%d:%s|", len(p), p)
	}
	return m.Sum(nil)
}

// origin returns the scheme and host of a URL without a path. Plain http is for
// loopback: browsers keep secure cookies there and nowhere else without TLS.
func origin(raw string) (string, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return "", errors.New("not a URL")
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("want scheme and host only")
	case u.Path != "" && u.Path != "/":
		return "", errors.New("must not have a path: cookies are bound to the whole host")
	case u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()):
		return u.Scheme + "://" + u.Host, nil
	}
	return "", errors.New("must be https (or http on loopback)")
}

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1" || strings.HasSuffix(host, ".localhost")
}
