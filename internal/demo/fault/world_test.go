package fault_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"hoist/internal/clock"
	"hoist/internal/demo/fault"
	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/sim"
	"hoist/internal/sim/slack"
	"hoist/internal/sim/tenant"
	"hoist/internal/store"
)

// opening is when every story begins: a Monday morning.
var opening = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

const (
	// leaseFor is how long a lease lasts here; restFor how long nothing may
	// happen before time passes: longer than a lease and a poll.
	leaseFor = 700 * time.Millisecond
	restFor  = 2200 * time.Millisecond
	// shortly is longer than a lease and than the eight seconds that any one
	// message may take, as thirty seconds are in life. long is longer than a
	// claim, and than others need to find that nothing came of it.
	shortly = 9 * time.Second
	long    = 140 * time.Second
)

// plan says what goes wrong in a run: nothing where all is zero.
type plan struct {
	// At is where the first process kills itself, or freezes.
	At     fault.Point
	Freeze time.Duration // 0 to be killed
	// Standby: who takes over was running all the time. Otherwise it is started
	// then.
	Standby bool
	// Restart is the stage after which the process is ended by the signal and
	// another started.
	Restart string
	Signal  syscall.Signal
}

// world is everything around the program, and the processes that are it.
type world struct {
	t     *testing.T
	clock *clock.Movable
	sim   *sim.Sim
	slack *slack.Slack
	redis *redis.Client
	addr  string // the Redis server's socket
	keys  string // the store's keyset
	front *front
	plan  plan

	time    sync.Mutex // held while the clock moves or a process starts
	closing bool       // nobody takes over any more
	standby *process   // who will
	mu      sync.Mutex
	stage   string
	watched sync.WaitGroup
	all     []*process
	serving *process
	faults  int
	fell    []string // processes that did not end by themselves
	thawed  chan struct{}
	changed time.Time // when the set of processes last changed
	secrets []string
	seen    map[pim.State]bool // states of records when a process was restarted
	log     []string           // the story's log, for whoever reads a broken run
	began   time.Time
}

// signingKey is shared by all worlds of this test program: making one takes
// long.
var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

func newWorld(t *testing.T, p plan) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFlowing(opening), plan: p, thawed: make(chan struct{}), seen: map[pim.State]bool{}, began: time.Now()}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	w.front, err = newFront()
	must(err)
	t.Cleanup(w.front.close)
	must(w.startServices(t))
	w.redis, w.addr, err = startRedis(t)
	must(err)
	keyset, err := store.NewKeyset()
	must(err)
	w.keys = keyset.Reveal()
	w.secrets = []string{signingSecret, botToken, linkKey, sim.BotClientSecret}
	t.Cleanup(func() {
		for _, p := range w.all {
			if p.alive() {
				p.kill()
			}
		}
	})
	return w
}

func (w *world) startServices(t *testing.T) error {
	public := w.front.url()
	once := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	w.slack = slack.New(slack.Config{
		Clock: w.clock, Seed: workspace(), Client: once,
		App: slack.App{
			ID: "A0HOIST", Name: "Hoist", BotUserID: "U0HOIST",
			BotToken: secret.New(botToken), SigningSecret: secret.New(signingSecret),
			Scopes:   []string{"commands", "chat:write", "users:read", "users:read.email"},
			Commands: []string{"/elevate"},
		},
		Deliver: slack.Deliver{Commands: public + "/slack/commands", Interactions: public + "/slack/interactions"},
	})
	world, err := sim.Start(context.Background(), sim.Options{
		Clock: w.clock, SigningKey: signingKey(), OnExchange: w.overhear,
		Mount: map[string]http.Handler{"/slack/": http.StripPrefix("/slack", w.slack)},
	})
	if err != nil {
		return err
	}
	w.sim = world
	t.Cleanup(func() { _ = world.Close() })
	w.slack.SetBaseURL(world.HTTPURL() + "/slack")
	return world.Tenant.ChangeApp(sim.BotClientID, func(a *tenant.App) {
		a.RedirectURIs = []string{public + "/signin/callback"}
		a.AppRoles = append(a.AppRoles, "AdministrativeUnit.Read.All") // names of units
	})
}

// overhear collects the secrets that cross the wire to Entra.
func (w *world) overhear(e sim.Exchange) {
	if e.Service != "entra" {
		return
	}
	var found []string
	var answer map[string]any
	if json.Unmarshal(e.Response, &answer) == nil {
		for _, name := range []string{"access_token", "id_token", "refresh_token"} {
			if v, _ := answer[name].(string); v != "" {
				found = append(found, v[max(0, len(v)-40):])
			}
		}
	}
	if form, err := url.ParseQuery(string(e.Request)); err == nil {
		found = append(found, form.Get("code"), form.Get("code_verifier"))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.secrets = append(w.secrets, found...)
}

// note writes a line of the story's log.
func (w *world) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, fmt.Sprintf("%6.2fs %s  ", time.Since(w.began).Seconds(), w.clock.Now().Format(time.TimeOnly))+fmt.Sprintf(format, args...))
}

// launch starts a replica and sends people to it.
func (w *world) launch(p plan) (*process, error) {
	w.time.Lock()
	defer w.time.Unlock()
	if w.closing {
		return nil, errors.New("the story is over")
	}
	w.mu.Lock()
	c := childConfig{
		Name: fmt.Sprintf("replica-%c", 'A'+len(w.all)), PublicURL: w.front.url(), Authority: w.sim.Authority(), GraphURL: w.sim.GraphURL(),
		SlackURL: w.sim.HTTPURL() + "/slack", CAFile: w.sim.CAFile(), Redis: w.addr, Keyset: w.keys,
		Began: w.clock.Now(), BeganAt: time.Now(), LeaseFor: leaseFor, Stage: w.stage, At: p.At, Freeze: p.Freeze > 0,
	}
	w.mu.Unlock()
	r, err := startProcess(w.t, c)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.all = append(w.all, r)
	w.mu.Unlock()
	w.watched.Go(func() { w.watch(r) })
	w.serve(r)
	return r, nil
}

// serve sends people to a process.
func (w *world) serve(p *process) {
	w.note("%s serves, process %d", p.Name, p.cmd.Process.Pid)
	w.mu.Lock()
	w.serving, w.changed = p, time.Now()
	w.mu.Unlock()
	w.front.lead(p.addr)
}

// standBy starts a second process and holds it still until it is needed: awake
// it would share the work, and nobody could say who makes which call.
func (w *world) standBy() {
	w.mu.Lock()
	first := w.serving
	w.mu.Unlock()
	p, err := w.launch(plan{})
	if err != nil {
		w.t.Fatal(err)
	}
	p.hold()
	w.standby = p
	w.serve(first)
}

// takeOver lets another process serve: the one that stands by, or a new one.
func (w *world) takeOver() {
	w.time.Lock()
	p := w.standby
	w.standby = nil
	if p != nil && !w.closing {
		p.wake()
		w.serve(p)
	}
	w.time.Unlock()
	if p != nil {
		return
	}
	if _, err := w.launch(plan{}); err != nil {
		w.note("no replica takes over: %v", err)
	}
}

// watch lets another replica take over when one dies or freezes.
func (w *world) watch(p *process) {
	select {
	case <-p.reached:
	case <-p.ended:
		if p.err == nil {
			return // as it was told to
		}
		select {
		case <-p.reached:
		default:
			return // by itself: whoever stops it will see
		}
	}
	w.note("%s is at %s", p.Name, p.At)
	w.front.lead("")
	w.mu.Lock()
	w.faults++
	w.changed = time.Now()
	if !p.Freeze {
		w.fell = append(w.fell, p.Name)
	}
	w.mu.Unlock()
	if p.Freeze {
		time.AfterFunc(w.plan.Freeze, func() {
			w.note("%s goes on", p.Name)
			p.thaw()
			time.AfterFunc(500*time.Millisecond, func() { close(w.thawed) })
		})
	} else {
		<-p.ended
	}
	w.takeOver()
}

// restart ends the process that serves and starts another.
func (w *world) restart() error {
	w.mu.Lock()
	p := w.serving
	w.mu.Unlock()
	for _, e := range w.records() {
		w.seen[e.State] = true
	}
	w.note("%s gets %s", p.Name, w.plan.Signal)
	w.front.lead("")
	if w.plan.Signal == syscall.SIGKILL {
		p.kill()
		w.mu.Lock()
		w.fell = append(w.fell, p.Name)
		w.mu.Unlock()
	} else if err := p.stop(); err != nil {
		return err
	}
	_, err := w.launch(plan{})
	return err
}

// enter begins a stage everywhere.
func (w *world) enter(stage string) {
	w.note("== %s", stage)
	w.mu.Lock()
	w.stage = stage
	w.mu.Unlock()
	w.tell("stage " + stage)
}

// advance moves the clock of the world, then that of every process. While one is
// frozen time does not jump: its calls would not learn of it.
func (w *world) advance(d time.Duration) {
	w.whileFrozen()
	w.time.Lock()
	defer w.time.Unlock()
	w.note("%s later", d)
	w.clock.Advance(d)
	w.tell("advance " + d.String())
}

func (w *world) tell(command string) {
	for _, p := range w.processes() {
		p.tell(command)
	}
}

// whileFrozen waits until nobody is frozen.
func (w *world) whileFrozen() {
	if w.anyFrozen() {
		<-w.thawed
	}
}

func (w *world) anyFrozen() bool {
	return w.plan.Freeze > 0 && slices.ContainsFunc(w.processes(), (*process).isFrozen)
}

func (w *world) processes() []*process {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.all)
}

// records reads what the store holds.
func (w *world) records() []pim.Elevation {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var all []pim.Elevation
	for it := w.redis.Scan(ctx, 0, "*:record:*", 1000).Iterator(); it.Next(ctx); {
		var e pim.Elevation
		if body, err := w.redis.HGet(ctx, it.Val(), "body").Bytes(); err == nil && json.Unmarshal(body, &e) == nil {
			all = append(all, e)
		}
	}
	return all
}

// dump reads every key of the store, names and values.
func (w *world) dump() (map[string]string, []string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	texts, due := map[string]string{}, []string(nil)
	for it := w.redis.Scan(ctx, 0, "*", 1000).Iterator(); it.Next(ctx); {
		key := it.Val()
		var value any
		switch w.redis.Type(ctx, key).Val() {
		case "string":
			value = w.redis.Get(ctx, key).Val()
		case "hash":
			value = w.redis.HGetAll(ctx, key).Val()
		case "zset":
			value = w.redis.ZRange(ctx, key, 0, -1).Val()
		case "set":
			value = w.redis.SMembers(ctx, key).Val()
		}
		texts["redis "+key] = fmt.Sprint(key, " ", value)
		if strings.HasSuffix(key, ":due") {
			due = w.redis.ZRange(ctx, key, 0, -1).Val()
		}
	}
	return texts, due
}

// evidence ends every process and collects what is left.
func (w *world) evidence() (fault.Evidence, error) {
	w.enter("closing")
	w.time.Lock() // whoever is being started is there afterwards, and nobody else starts
	w.closing = true
	if w.standby != nil {
		w.standby.wake()
	}
	w.time.Unlock()
	all := w.processes()
	e := fault.Evidence{Audit: map[string][]byte{}, Linked: linked}
	var failed error
	for _, p := range all {
		if err := p.stop(); err != nil && !slices.Contains(w.fell, p.Name) {
			failed = err
		}
		e.Audit[p.Name] = p.read(p.Audit)
	}
	w.watched.Wait()
	e.Shown = fault.ReadSlack(w.slack, feedChannel, reader)
	e.Calls, e.Requests, e.Records = w.sim.Graph.Calls(), w.sim.Tenant.Requests(), w.records()
	e.Texts, e.Due = w.dump()
	for _, p := range all {
		e.Texts["log of "+p.Name] = string(p.read(p.Log)) + p.stderr.String()
		e.Texts["audit of "+p.Name] = string(e.Audit[p.Name])
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	e.Faults, e.Unended, e.Secrets = w.faults, w.fell, slices.Clone(w.secrets)
	var err error
	e.Zone, err = time.LoadLocation("Europe/Berlin")
	if failed == nil {
		failed = err
	}
	return e, failed
}
