package store

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hoist/internal/pim"
)

// Shard is the part of the key space that a tenant lives in. Its number is the
// hash tag of every key, so that all keys of a script sit on one node of a
// cluster. One shard holds everything today; a tenant that moves out later takes
// a new number, and no other key is renamed.
type Shard int

func (s Shard) tag() string { return "{s" + strconv.Itoa(int(s)) + "}" }

// The kinds of key. How long each lives is in the lifetimes table below.
const (
	kindRecord  = "record"  // hash: the elevation as JSON, its revision, the token of its last write
	kindPerson  = "person"  // sorted set of a person's elevations by creation
	kindDue     = "due"     // sorted set of elevations by when they need work
	kindWatched = "watched" // sorted set of elevations by until when they are watched
	kindLive    = "live"    // string: who occupies a right
	kindRecent  = "recent"  // string: who occupied it last, and until when
	kindLeases  = "leases"  // sorted set of leased names by when the lease ends
	kindHolders = "holders" // hash: who holds a leased name
	kindRepeat  = "repeat"  // string: what a delivery was answered with
	kindBucket  = "bucket"  // string: when a rate bucket is empty again
	kindAttempt = "attempt" // string: a sealed sign-in attempt
	kindLinks   = "links"   // hash: the accounts of a person
	kindLinked  = "linked"  // hash: the persons of an account
)

// How long keys live. These times only clear away; nothing is judged by them
// but a repeat.
const (
	// recordFor is how long a record stays readable after it ended.
	recordFor = 30 * 24 * time.Hour
	// personFor is longer than any elevation can go without a new one of the
	// same person being asked for while its place in the index still matters.
	personFor = 400 * 24 * time.Hour
	// repeatFor is twice the five minutes in which Slack's signatures count,
	// both ways, and a minute for slow clocks.
	repeatFor = 11 * time.Minute
	// recentFor is how long a right that was freed is still known as ours.
	recentFor = 10 * time.Minute
)

// lifetime says of a kind of key whether it always has a time to live, or why it
// may have none.
type lifetime struct {
	expires bool
	reason  string
}

var lifetimes = map[string]lifetime{
	kindRecord:  {reason: "an open record is a promise; it expires 30 days after it ended with nothing due"},
	kindPerson:  {expires: true},
	kindDue:     {reason: "promises of work; an entry leaves in the write that ends its record"},
	kindWatched: {reason: "an entry leaves with its record's watch; old ones are swept by every reading"},
	kindLive:    {reason: "held as long as the record that holds it, and expires with it"},
	kindRecent:  {expires: true},
	kindLeases:  {reason: "every entry carries its own end; ended ones are swept by every reading"},
	kindHolders: {reason: "an entry leaves with the lease it belongs to"},
	kindRepeat:  {expires: true},
	kindBucket:  {expires: true},
	kindAttempt: {expires: true},
	kindLinks:   {reason: "a proof of who someone is counts until it is dropped"},
	kindLinked:  {reason: "the other direction of links, written with it"},
}

// keyspace builds every key of a store; there is no other place that does. A
// key reads prefix:{shard}:tenant:kind:id. Parts that come from outside are
// escaped, so that no two things share a key and nobody can choose a hash tag.
type keyspace struct {
	prefix string
	shard  Shard
}

func (k keyspace) key(t pim.TenantID, kind string, parts ...string) string {
	s := k.prefix + ":" + k.shard.tag() + ":" + url.QueryEscape(string(t)) + ":" + kind
	if len(parts) == 0 {
		return s
	}
	return s + ":" + path(parts...)
}

// path joins parts so that different parts never give the same string.
func path(parts ...string) string {
	escaped := make([]string, len(parts))
	for i, p := range parts {
		escaped[i] = url.QueryEscape(p)
	}
	return strings.Join(escaped, "/")
}

func personPath(p pim.Person) string { return path(p.Platform, p.Workspace, p.User) }

func (k keyspace) record(t pim.TenantID, id pim.ID) string { return k.key(t, kindRecord, string(id)) }
func (k keyspace) due(t pim.TenantID) string               { return k.key(t, kindDue) }
func (k keyspace) watched(t pim.TenantID) string           { return k.key(t, kindWatched) }
func (k keyspace) leases(t pim.TenantID) string            { return k.key(t, kindLeases) }
func (k keyspace) holders(t pim.TenantID) string           { return k.key(t, kindHolders) }
func (k keyspace) repeat(t pim.TenantID, delivery string) string {
	return k.key(t, kindRepeat, delivery)
}

func (k keyspace) person(t pim.TenantID, p pim.Person) string {
	return k.key(t, kindPerson, p.Platform, p.Workspace, p.User)
}

func (k keyspace) personBucket(t pim.TenantID, p pim.Person) string {
	return k.key(t, kindBucket, "person", p.Platform, p.Workspace, p.User)
}

func (k keyspace) workspaceBucket(t pim.TenantID, p pim.Person) string {
	return k.key(t, kindBucket, "workspace", p.Platform, p.Workspace)
}

func (k keyspace) live(t pim.Triple) string   { return k.right(kindLive, t) }
func (k keyspace) recent(t pim.Triple) string { return k.right(kindRecent, t) }

// right folds case, because GUIDs come in either, and takes both spellings of
// the whole tenant for one scope: two names for one right must not let two
// elevations in.
func (k keyspace) right(kind string, t pim.Triple) string {
	scope := t.ScopeID
	if (pim.Scope{ID: scope}).TenantWide() {
		scope = "/"
	}
	p := pim.NewPrincipalKey(string(t.Principal.Tenant), t.Principal.ID)
	return k.key(p.Tenant, kind, p.ID, strings.ToLower(t.TargetID), strings.ToLower(scope))
}

// attempt names a sign-in attempt by a digest: who reads keys learns no state
// that a callback would take.
func (k keyspace) attempt(t pim.TenantID, state string) string {
	sum := sha256.Sum256([]byte(state))
	return k.key(t, kindAttempt, hex.EncodeToString(sum[:]))
}

func (k keyspace) links(t pim.TenantID, p pim.Person) string {
	return k.key(t, kindLinks, p.Platform, p.Workspace, p.User)
}

func (k keyspace) linked(p pim.PrincipalKey) string { return k.key(p.Tenant, kindLinked, p.ID) }
