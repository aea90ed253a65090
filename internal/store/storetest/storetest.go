// Package storetest is the promise of a store as tests: one suite that every
// server behind it must pass. It knows the store by its methods only.
//
// [Run] is the suite. [Mini] and [Redis] start the servers it runs against, and
// serve any other test that needs one.
//
// Reading order: storetest.go, then one file a story (door.go, records.go,
// queue.go, agree.go for the property, attempts.go, links.go), then server.go.
package storetest

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/pim"
)

// Link is what [Links] returns; the same struct as the store's.
type Link = struct {
	Person    pim.Person
	Principal pim.Principal
	How       string
	At        time.Time
}

// Attempts keeps sealed sign-in attempts.
type Attempts interface {
	PutAttempt(ctx context.Context, t pim.TenantID, state string, value []byte, ttl time.Duration) error
	TakeAttempt(ctx context.Context, t pim.TenantID, state string) ([]byte, error)
}

// Links keeps which accounts a person has proved.
type Links interface {
	PutLink(ctx context.Context, t pim.TenantID, person pim.Person, p pim.Principal, how string, at time.Time) error
	LinksOf(ctx context.Context, t pim.TenantID, person pim.Person) ([]Link, error)
	PersonsOf(ctx context.Context, key pim.PrincipalKey) ([]pim.Person, error)
	DropLink(ctx context.Context, t pim.TenantID, person pim.Person, key pim.PrincipalKey) error
}

// Store is all that a store must do.
type Store interface {
	pim.Store
	Attempts
	Links
}

// Env is a store on a server, ready for one story.
type Env struct {
	Store Store
	// Clock is the domain clock that the store reads.
	Clock *clock.Movable
	// LeaseFor is how long Accept and Due lease; short where Pass must wait.
	LeaseFor time.Duration
	// Pass lets time pass on the server: at once, or by waiting.
	Pass func(time.Duration)
	// Movable says that Pass takes no time, so that a story may let hours pass.
	Movable bool
}

// Run runs the suite. open returns an Env that shares no key with another one;
// the suite uses the limits of 10 commands a person and 300 a workspace.
func Run(t *testing.T, open func(t *testing.T) Env) {
	for _, story := range []struct {
		name string
		tell func(t *testing.T, s scene)
	}{
		{"Accept/records_once", acceptRecordsOnce},
		{"Accept/drops_a_repeat", acceptDropsARepeat},
		{"Accept/forgets_a_delivery_after_eleven_minutes", acceptForgetsADelivery},
		{"Accept/knows_its_own_earlier_try", acceptKnowsItsOwnTry},
		{"Accept/takes_a_command_without_a_record", acceptTakesACommandWithoutARecord},
		{"Accept/refuses_an_id_in_use", acceptRefusesAnIDInUse},
		{"Accept/leases_to_the_holder", acceptLeasesToTheHolder},
		{"Accept/limits_a_person", acceptLimitsAPerson},
		{"Accept/limits_a_workspace", acceptLimitsAWorkspace},
		{"Accept/does_not_count_a_repeat", acceptDoesNotCountARepeat},
		{"Accept/takes_the_right_of_a_record_that_is_live", acceptTakesARight},
		{"Accept/keeps_tenants_apart", acceptKeepsTenantsApart},
		{"Get/returns_what_was_written", getReturnsWhatWasWritten},
		{"Get/says_what_is_missing", getSaysWhatIsMissing},
		{"Update/refuses_a_stale_revision", updateRefusesAStaleRevision},
		{"Update/refuses_a_gap_in_revisions", updateRefusesAGap},
		{"Update/lets_one_of_many_writers_win", updateLetsOneWin},
		{"Update/lets_one_of_two_take_a_right", updateLetsOneTakeARight},
		{"Update/keeps_a_right_it_has", updateKeepsARight},
		{"Update/frees_a_right_and_remembers_it", updateFreesARight},
		{"Update/folds_the_spellings_of_a_right", updateFoldsSpellings},
		{"OfPerson/newest_first", ofPersonNewestFirst},
		{"Watched/until_the_watch_is_over", watchedUntilOver},
		{"Due/soonest_first", dueSoonestFirst},
		{"Due/exactly_on_time", dueExactlyOnTime},
		{"Due/hides_what_is_leased", dueHidesWhatIsLeased},
		{"Due/is_not_blocked_by_what_is_leased", dueIsNotBlocked},
		{"Due/gives_each_to_one_process", dueGivesEachToOne},
		{"Lease/ends_by_the_servers_time", leaseEnds},
		{"Lease/is_prolonged_by_its_holder", leaseIsProlonged},
		{"Lease/is_released_by_its_holder_only", leaseIsReleasedByItsHolder},
		{"Derived/always_agrees_with_the_records", derivedAgrees},
		{"Attempts/are_taken_once", attemptsAreTakenOnce},
		{"Attempts/expire", attemptsExpire},
		{"Attempts/stay_in_their_tenant", attemptsStayInTheirTenant},
		{"Links/go_both_ways", linksGoBothWays},
		{"Links/are_replaced_and_dropped", linksAreReplacedAndDropped},
		{"Links/refuse_another_tenant", linksRefuseAnotherTenant},
	} {
		t.Run(story.name, func(t *testing.T) {
			story.tell(t, scene{Env: open(t), tenant: Tenant()})
		})
	}
}

// Tenant returns a tenant that nobody used before.
func Tenant() pim.TenantID { return pim.TenantID("tenant-" + rand.Text()) }

// scene is an Env with a tenant and what stories say again and again.
type scene struct {
	Env
	tenant pim.TenantID
}

// now is the domain time.
func (s scene) now() time.Time { return s.Clock.Now() }

var (
	ann = pim.Person{Platform: "slack", Workspace: "T1", User: "U-ANN"}
	bob = pim.Person{Platform: "slack", Workspace: "T1", User: "U-BOB"}
)

// admission is a fresh delivery by a person.
func (s scene) admission(p pim.Person) pim.Admission {
	return pim.Admission{Tenant: s.tenant, Person: p, Key: rand.Text(), Token: rand.Text(), Holder: "door"}
}

// requested is an elevation as the door records it.
func (s scene) requested(id pim.ID, p pim.Person) pim.Elevation {
	now := s.now()
	return pim.Elevation{
		ID: id, Tenant: s.tenant, Revision: 1, Created: now, Person: p,
		Ask:   pim.Ask{Role: "User Administrator", Duration: time.Hour, Justification: "printer <3 \"quoted\" \u202e"},
		State: pim.Requested, Since: now, Deadline: now.Add(10 * time.Minute),
	}
}

// accept records an elevation and gives its lease back.
func (s scene) accept(t *testing.T, e pim.Elevation) pim.Elevation {
	t.Helper()
	got, err := s.Store.Accept(t.Context(), s.admission(e.Person), &e)
	if err != nil || got != (pim.Admitted{ID: e.ID}) {
		t.Fatalf("Accept(%s) = %+v, %v", e.ID, got, err)
	}
	s.release(t, e.ID, "door")
	return e
}

func (s scene) release(t *testing.T, id pim.ID, holder string) {
	t.Helper()
	if err := s.Store.Release(t.Context(), s.tenant, string(id), holder); err != nil {
		t.Fatal(err)
	}
}

// eligibility is the right to a role, held by ann's account.
func (s scene) eligibility(role string) pim.Eligibility {
	return pim.Eligibility{
		ID:        "eligibility-" + role,
		Principal: pim.PrincipalKey{Tenant: s.tenant, ID: "oid-ann"},
		Target:    pim.Target{Kind: pim.DirectoryRole, ID: role, Name: role},
		Scope:     pim.Scope{ID: "/"},
	}
}

// after is the elevation after an event, at the next revision.
func (s scene) after(t *testing.T, e pim.Elevation, ev pim.Event) pim.Elevation {
	t.Helper()
	next, err := e.Apply(ev, s.now())
	if err != nil {
		t.Fatal(err)
	}
	next.Revision = e.Revision + 1
	return next
}

// resolved is the event that makes an elevation take the right to a role.
func (s scene) resolved(role string) pim.Resolved {
	el := s.eligibility(role)
	return pim.Resolved{Principal: pim.Principal{PrincipalKey: el.Principal}, Eligibility: el}
}

// update applies an event and stores the result.
func (s scene) update(t *testing.T, e pim.Elevation, ev pim.Event) pim.Elevation {
	t.Helper()
	next := s.after(t, e, ev)
	if err := s.Store.Update(t.Context(), e, next); err != nil {
		t.Fatal(err)
	}
	return next
}

// due asks what is due at a time.
func (s scene) due(t *testing.T, at time.Time, holder string, limit int) []pim.ID {
	t.Helper()
	ids, err := s.Store.Due(t.Context(), s.tenant, at, holder, limit)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// live asks who occupies the right to a role.
func (s scene) live(t *testing.T, role string) (pim.ID, bool) {
	t.Helper()
	id, recent, err := s.Store.Live(t.Context(), s.eligibility(role).Triple())
	if err != nil {
		t.Fatal(err)
	}
	return id, recent
}
