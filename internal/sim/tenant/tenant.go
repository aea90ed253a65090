package tenant

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"hoist/internal/clock"
)

// Tenant is the world. Make one with [New].
type Tenant struct {
	mu     sync.Mutex
	clock  clock.Clock
	random io.Reader

	id     string
	name   string
	domain string

	people        []*Person
	groups        []*Group
	units         []*AdministrativeUnit
	apps          []*App
	roles         []Role
	policies      map[string]*Policy
	eligibilities []*Eligibility
	assignments   []*Assignment
	requests      []*Request
	audit         []AuditRow
	access        access
	unlicensed    bool
	behaviour     Behaviour

	// dirty says that the world became different since the lock was taken.
	dirty     bool
	listeners []func()
}

// New builds the world of a seed. A nil random source yields the same ids in
// every run.
func New(seed Seed, c clock.Clock, random io.Reader) (*Tenant, error) {
	if random == nil {
		random = FixedRandom()
	}
	t := &Tenant{
		clock: c, random: random, id: seed.TenantID, name: seed.Name, domain: seed.Domain,
		roles: seed.Roles, policies: map[string]*Policy{}, access: newAccess(),
	}
	if t.roles == nil {
		t.roles = BuiltInRoles()
	}
	if err := t.plant(seed); err != nil {
		return nil, fmt.Errorf("seed tenant %q: %w", seed.Name, err)
	}
	return t, nil
}

// FixedRandom returns a source that gives the same bytes in every run.
func FixedRandom() io.Reader {
	return rand.NewChaCha8([32]byte([]byte("the simulated tenant's own dice!")))
}

// ID returns the tenant id.
func (t *Tenant) ID() string { return t.id }

// Name returns the organization's display name.
func (t *Tenant) Name() string { return t.name }

// Domain returns the tenant's initial domain.
func (t *Tenant) Domain() string { return t.domain }

// Now returns the tenant's time.
func (t *Tenant) Now() time.Time { return t.now() }

func (t *Tenant) now() time.Time { return t.clock.Now().UTC().Truncate(100 * time.Nanosecond) }

func (t *Tenant) bytes(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(t.random, b); err != nil {
		panic("tenant: the random source ran dry: " + err.Error())
	}
	return b
}

func (t *Tenant) newID() string {
	b := t.bytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// newInstanceID looks like the opaque ids of schedule instances.
func (t *Tenant) newInstanceID() string {
	return base64.RawURLEncoding.EncodeToString(t.bytes(32)) + "-1"
}
