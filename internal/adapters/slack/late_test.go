package slack

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hoist/internal/chat"
	"hoist/internal/clock"
	"hoist/internal/pim"
)

// This file is about answers that Slack does not take at once. Everything is in
// memory, so that time can be the test's own.

// hooks is hooks.slack.com: it answers one use after the other in these ways,
// and then takes everything.
type hooks struct {
	mu   sync.Mutex
	does []http.HandlerFunc
	at   []time.Time
	took int
}

func (h *hooks) RoundTrip(r *http.Request) (*http.Response, error) {
	h.mu.Lock()
	h.at = append(h.at, time.Now())
	var does http.HandlerFunc
	if len(h.does) > 0 {
		does, h.does = h.does[0], h.does[1:]
	} else {
		h.took++
	}
	h.mu.Unlock()
	if does == nil {
		return httptest.NewRecorder().Result(), nil
	}
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
	}
	w := httptest.NewRecorder()
	does(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

// uses are when the response URL was used, from the first time on.
func (h *hooks) uses() []int {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []int
	for _, at := range h.at {
		all = append(all, int(at.Sub(h.at[0]).Seconds()))
	}
	return all
}

func tooMany(seconds int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

func answers(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

func saysNothing(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// calm is random bytes that spread nothing.
type calm struct{}

func (calm) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func lateBench(t *testing.T, slack *hooks) bench {
	return newBench(t, func(c *HandlerConfig) {
		c.Transport, c.Clock = slack, clock.NewFlowing(nine)
		c.Courier = chat.NewCourier(c.Clock, calm{})
	})
}

func TestRespond_comes_back_later(t *testing.T) {
	down := answers(http.StatusInternalServerError)
	for name, tt := range map[string]struct {
		does []http.HandlerFunc
		uses []int // in seconds
		took int
	}{
		"after_what_Retry-After_says":      {[]http.HandlerFunc{tooMany(20), tooMany(7)}, []int{0, 20, 27}, 1},
		"when_Slack_is_up_again":           {[]http.HandlerFunc{down, down, answers(503)}, []int{0, 1, 4, 13}, 1},
		"no_more_often_than_a_URL_is_good": {[]http.HandlerFunc{down, down, down, down, down}, []int{0, 1, 4, 13, 40}, 0},
		"not_when_that_would_be_too_late":  {[]http.HandlerFunc{tooMany(600)}, []int{0}, 0},
		"not_to_a_URL_that_is_over":        {[]http.HandlerFunc{answers(404)}, []int{0}, 0},
		"not_when_it_may_have_arrived":     {[]http.HandlerFunc{saysNothing}, []int{0}, 0},
		"not_when_a_gateway_misread_it":    {[]http.HandlerFunc{answers(502)}, []int{0}, 0},
		"not_when_a_gateway_lost_patience": {[]http.HandlerFunc{answers(504)}, []int{0}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				slack := &hooks{does: tt.does}
				b := lateBench(t, slack)
				b.bot.says = sayGone
				b.interact(pressAnsweredAt(hooksOrigin + "/actions/canary"))
				time.Sleep(5 * time.Minute)
				synctest.Wait()
				if got := slack.uses(); !slices.Equal(got, tt.uses) || slack.took != tt.took {
					t.Errorf("used after %v s, taken %d times, want %v and %d", got, slack.took, tt.uses, tt.took)
				}
				b.judgeLoss(t, tt.took == 0, reasonResponseURL)
			})
		})
	}
}

// judgeLoss fails unless an answer that was lost, and no other, is counted and
// in the log with its reference, and without its address.
func (b bench) judgeLoss(t *testing.T, lost bool, why reason) {
	t.Helper()
	in := b.bot.seen()[0]
	logged := strings.Contains(b.log.String(), "reference="+chat.DeliveryRef(in.Delivery)+" ")
	if logged != lost || (b.counted(t)[string(why)] == 1) != lost || strings.Contains(b.log.String(), "canary") {
		t.Errorf("lost %t, counted %v, log:\n%s", lost, b.counted(t), b.log)
	}
}

func TestHandler_tells_later_what_a_form_led_to(t *testing.T) {
	for name, tt := range map[string]struct {
		kind  pim.Kind
		tries int
	}{
		"throttled":                {pim.KindThrottled, 6},
		"down":                     {pim.KindUnavailable, 6},
		"it_may_have_arrived":      {pim.KindUnanswered, 1},
		"the_person_takes_no_mail": {pim.KindUndeliverable, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := lateBench(t, &hooks{})
				b.opener.refuses = &pim.Error{Kind: tt.kind}
				b.bot.answers = func(context.Context, chat.Inbound) chat.FormAnswer {
					return chat.FormAnswer{Reply: chat.Reply{Lines: []chat.Line{chat.Say("One moment.")}}}
				}
				b.interact(submitted(nil))
				time.Sleep(5 * time.Minute)
				synctest.Wait()
				for at, posts := range b.opener.posts {
					if len(posts) != tt.tries {
						t.Errorf("%d tries at %v, want %d", len(posts), at, tt.tries)
					}
				}
				b.judgeLoss(t, true, reasonUntold)
			})
		})
	}
}

func TestHandler_says_it_in_words_later_when_Slack_takes_neither_form_nor_words(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slack := &hooks{does: []http.HandlerFunc{tooMany(3)}}
		b := lateBench(t, slack)
		b.opener.refuses = errors.New("down")
		b.bot.says = asksForm(chat.RequestForm{})
		b.command(commandForm(nil))
		time.Sleep(time.Minute)
		synctest.Wait()
		if slack.took != 1 || len(b.opener.forms) != 1 {
			t.Errorf("words taken %d times, form opened %d times", slack.took, len(b.opener.forms))
		}
	})
}

func TestClose_gives_up_answers_that_wait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slack := &hooks{does: []http.HandlerFunc{tooMany(60)}}
		b := lateBench(t, slack)
		b.bot.says = sayGone
		b.interact(pressAnsweredAt(hooksOrigin + "/actions/canary"))
		synctest.Wait()
		begun := time.Now()
		if err := b.Close(t.Context()); err != nil || time.Since(begun) > 0 {
			t.Errorf("Close() = %v after %v", err, time.Since(begun))
		}
		b.judgeLoss(t, true, reasonResponseURL)
	})
}
