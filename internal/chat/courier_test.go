package chat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/clock"
	"hoist/internal/pim"
)

// always is a source of one byte.
type always byte

func (a always) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(a)
	}
	return len(p), nil
}

func kind(k pim.Kind) error { return &pim.Error{Kind: k} }

func throttled(d time.Duration) error {
	return &pim.Error{Kind: pim.KindThrottled, RetryAfter: d}
}

// trips delivers something that fails in these ways, one a try, the last one
// again and again, and returns when it was tried.
func trips(ctx context.Context, c *Courier, tries int, fails ...error) ([]time.Duration, error) {
	var at []time.Duration
	begun := time.Now()
	err := c.Deliver(ctx, tries, func(context.Context) error {
		at = append(at, time.Since(begun))
		return fails[min(len(at), len(fails))-1]
	})
	return at, err
}

func seconds(all ...int) []time.Duration {
	var ds []time.Duration
	for _, s := range all {
		ds = append(ds, time.Duration(s)*time.Second)
	}
	return ds
}

func TestCourier(t *testing.T) {
	for name, tt := range map[string]struct {
		random io.Reader
		tries  int
		fails  []error
		tried  []time.Duration
		want   pim.Kind
	}{
		"takes_it_at_once": {always(0), AnyTries, []error{nil}, seconds(0), ""},
		"comes_back_when_the_platform_does": {
			always(0), AnyTries, []error{kind(pim.KindUnavailable), kind(pim.KindUnavailable), nil}, seconds(0, 1, 4), "",
		},
		"waits_as_long_as_it_is_told": {always(0), AnyTries, []error{throttled(30 * time.Second), nil}, seconds(0, 30), ""},
		"waits_for_itself_when_it_is_not_told": {
			always(0), AnyTries, []error{throttled(0), throttled(0), nil}, seconds(0, 1, 4), "",
		},
		"waits_up_to_a_quarter_longer": {
			always(255), AnyTries, []error{throttled(40 * time.Second), nil}, seconds(0, 50), "",
		},
		"does_without_random_numbers": {
			strings.NewReader(""), AnyTries, []error{throttled(4 * time.Second), nil}, seconds(0, 4), "",
		},
		"gives_up_when_the_tries_are_used_up": {
			always(0), 5, []error{kind(pim.KindUnavailable)}, seconds(0, 1, 4, 13, 40), pim.KindUnavailable,
		},
		"goes_on_through_an_outage_of_a_minute": {
			always(0), AnyTries, []error{kind(pim.KindUnavailable)}, seconds(0, 1, 4, 13, 40, 67), pim.KindUnavailable,
		},
		"gives_up_when_it_is_worth_nothing_any_more": {
			always(0), AnyTries, []error{throttled(50 * time.Second)}, seconds(0, 50), pim.KindThrottled,
		},
		"does_not_wait_for_what_would_be_too_late": {
			always(0), AnyTries, []error{throttled(2 * time.Minute)}, seconds(0), pim.KindThrottled,
		},
		"does_not_send_twice_what_may_have_arrived": {
			always(0), AnyTries, []error{kind(pim.KindUnanswered)}, seconds(0), pim.KindUnanswered,
		},
		"does_not_go_where_nothing_is_taken": {
			always(0), AnyTries, []error{kind(pim.KindUndeliverable)}, seconds(0), pim.KindUndeliverable,
		},
		"does_not_repeat_what_it_does_not_know": {always(0), AnyTries, []error{io.EOF}, seconds(0), pim.KindUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tried, err := trips(t.Context(), NewCourier(clock.System(), tt.random), tt.tries, tt.fails...)
				if diff := cmp.Diff(tt.tried, tried); diff != "" {
					t.Errorf("tried after (-want +got):\n%s", diff)
				}
				if pim.KindOf(err) != tt.want {
					t.Errorf("error %v, want kind %q", err, tt.want)
				}
			})
		})
	}
}

func TestCourier_ends_with_whom_it_works_for(t *testing.T) {
	for name, end := range map[string]func(*Courier, context.CancelFunc){
		"its_owner":  func(c *Courier, _ context.CancelFunc) { c.Quit() },
		"its_caller": func(_ *Courier, cancel context.CancelFunc) { cancel() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				c := NewCourier(clock.System(), always(0))
				time.AfterFunc(10*time.Second, func() { end(c, cancel) })
				begun := time.Now()
				tried, err := trips(ctx, c, AnyTries, throttled(30*time.Second))
				if took := time.Since(begun); len(tried) != 1 || took != 10*time.Second || pim.KindOf(err) != pim.KindThrottled {
					t.Errorf("%d tries in %v, %v", len(tried), took, err)
				}
			})
		})
	}
}

func TestCourier_still_tries_once_after_its_owner_quit(t *testing.T) {
	c := NewCourier(clock.System(), always(0))
	c.Quit()
	if tried, err := trips(t.Context(), c, AnyTries, nil); len(tried) != 1 || err != nil {
		t.Errorf("%d tries, %v", len(tried), err)
	}
	if tried, err := trips(t.Context(), c, AnyTries, kind(pim.KindUnavailable)); len(tried) != 1 || err == nil {
		t.Errorf("%d tries, %v", len(tried), err)
	}
}

// In the demo the clock is moved by hours while something waits.
func TestCourier_sends_nothing_late_when_the_clock_is_moved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		moved := clock.NewFlowing(time.Now())
		time.AfterFunc(time.Second/2, func() { moved.Advance(time.Hour) })
		tried, err := trips(t.Context(), NewCourier(moved, always(0)), AnyTries, kind(pim.KindUnavailable), nil)
		if len(tried) != 1 || pim.KindOf(err) != pim.KindUnavailable {
			t.Errorf("tried after %v, %v", tried, err)
		}
	})
}

// flaky is a platform that fails in these ways, one a message, and then works.
type flaky struct {
	Platform
	fails []error
	takes time.Duration // for one message
	shown []View
}

func (f *flaky) Post(ctx context.Context, _ pim.Place, _ pim.Ref, v View) (pim.Ref, error) {
	select {
	case <-time.After(f.takes):
	case <-ctx.Done():
		return "", kind(pim.KindUnanswered)
	}
	if len(f.fails) > 0 {
		err := f.fails[0]
		f.fails = f.fails[1:]
		return "", err
	}
	f.shown = append(f.shown, v)
	return "D1/1.1", nil
}

// me is a service that knows one account and answers late.
type me struct {
	Elevations
	takes time.Duration
}

func (me) Admit(context.Context, pim.Person, string) (pim.Admitted, error) {
	return pim.Admitted{}, nil
}

func (m me) Whoami(ctx context.Context, _ pim.Person) ([]pim.Principal, error) {
	select {
	case <-time.After(m.takes):
		return []pim.Principal{{UPN: "ann@acme.example"}}, nil
	case <-ctx.Done():
		return nil, &pim.Error{Kind: pim.KindUnavailable, Err: ctx.Err()}
	}
}

// pass lets time go by, and everything happen that is due by then.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func botOn(p Platform, log io.Writer) *Bot {
	return &Bot{
		Elevations: me{}, Announcer: &Announcer{Platforms: map[string]Platform{"slack": p}, Clock: clock.System()},
		Courier: NewCourier(clock.System(), always(0)), Log: slog.New(slog.NewTextHandler(log, nil)),
	}
}

var whoami = Inbound{
	Person: pim.Person{Platform: "slack", Workspace: "T1", User: "U1"}, Text: "whoami", Delivery: "0123456789abcdef",
}

func TestBot_answers_a_question_later_when_the_chat_takes_nothing_now(t *testing.T) {
	for name, fails := range map[string][]error{
		"throttled": {throttled(20 * time.Second), throttled(20 * time.Second)},
		"down":      {kind(pim.KindUnavailable), kind(pim.KindUnavailable), kind(pim.KindUnavailable)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &flaky{fails: fails}
				var log bytes.Buffer
				b := botOn(p, &log)
				if v := b.Command(t.Context(), whoami); v == nil {
					t.Error("nothing was said at once")
				}
				pass(time.Minute)
				if len(p.shown) != 1 || log.Len() > 0 {
					t.Errorf("shown %v; log:\n%s", p.shown, &log)
				}
				if err := b.Close(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestBot_tells_an_answer_that_took_all_its_time(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &flaky{fails: []error{kind(pim.KindUnavailable)}}
		b := botOn(p, io.Discard)
		b.Elevations = me{takes: time.Hour}
		b.Command(t.Context(), whoami)
		pass(answerFor + time.Minute)
		if len(p.shown) != 1 {
			t.Errorf("shown %v", p.shown)
		}
	})
}

func TestBot_says_in_the_log_which_answer_was_given_up(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &flaky{fails: slices.Repeat([]error{kind(pim.KindUnavailable)}, 99)}
		var log bytes.Buffer
		b := botOn(p, &log)
		b.Command(t.Context(), whoami)
		pass(5 * time.Minute)
		if len(p.shown) != 0 || strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), "ref="+DeliveryRef(whoami.Delivery)) {
			t.Errorf("shown %v; log:\n%s", p.shown, &log)
		}
	})
}

func TestBot_says_in_the_log_which_link_nobody_was_told_of(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		b := botOn(&flaky{fails: []error{kind(pim.KindUndeliverable)}}, &log)
		b.TellLinked(t.Context(), "H-7K3F9QX", whoami.Person, pim.Principal{UPN: "ann@acme.example"}, nil)
		synctest.Wait()
		if !strings.Contains(log.String(), "ref=H-7K3F9QX ") {
			t.Errorf("log:\n%s", &log)
		}
	})
}

// A chat that is silent for an hour holds nobody up, and is not asked again for
// what it may have taken.
func TestBot_does_not_repeat_an_answer_whose_fate_is_unknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &flaky{takes: time.Hour}
		var log bytes.Buffer
		b := botOn(p, &log)
		b.Command(t.Context(), whoami)
		pass(tellFor)
		p.takes = 0
		pass(5 * time.Minute)
		if len(p.shown) != 0 || !strings.Contains(log.String(), "unanswered") {
			t.Errorf("shown %v; log:\n%s", p.shown, &log)
		}
	})
}

func TestClose_gives_up_answers_that_wait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &flaky{fails: []error{throttled(time.Minute)}}
		var log bytes.Buffer
		b := botOn(p, &log)
		b.Command(t.Context(), whoami)
		synctest.Wait()
		begun := time.Now()
		if err := b.Close(t.Context()); err != nil || time.Since(begun) > 0 {
			t.Errorf("Close() = %v after %v", err, time.Since(begun))
		}
		if !strings.Contains(log.String(), DeliveryRef(whoami.Delivery)) {
			t.Errorf("log:\n%s", &log)
		}
	})
}

func TestClose_waits_for_an_answer_on_its_way(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &flaky{takes: 3 * time.Second}
		b := botOn(p, io.Discard)
		b.Command(t.Context(), whoami)
		synctest.Wait()
		if err := b.Close(t.Context()); err != nil || len(p.shown) != 1 {
			t.Errorf("Close() = %v, shown %v", err, p.shown)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		b.Command(t.Context(), whoami)
		if err := b.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close() = %v", err)
		}
		pass(answerFor)
	})
}
