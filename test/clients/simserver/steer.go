package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"hoist/internal/sim/slack"
)

// order is what a test asks a person in Slack to do. Each route reads the
// fields it needs.
type order struct {
	User, Channel, Line, TS, Button, Element, Typed string
	Values                                          map[string]string
	Deliver                                         slack.Deliver
	RateLimit                                       struct {
		Method  string
		Calls   int
		Seconds int
	}
}

// outcome is what came of it.
type outcome struct {
	Status  int               `json:"status"`
	Reply   string            `json:"reply"`
	Error   string            `json:"error,omitempty"`
	Errors  map[string]string `json:"errors,omitempty"`
	Options []slack.Option    `json:"options,omitempty"`
	OK      bool              `json:"ok"`
	Shown   []string          `json:"shown,omitempty"`
}

// steer lets a test be a person in Slack.
func steer(s *slack.Slack) http.Handler {
	mux := http.NewServeMux()
	handle := func(name string, act func(*http.Request, order) (outcome, error)) {
		mux.HandleFunc("POST /"+name, func(w http.ResponseWriter, r *http.Request) {
			var o order
			if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			result, err := act(r, o)
			if err != nil {
				result.Error = err.Error()
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(result) // the test that asked sees a cut answer itself
		})
	}
	handle("deliver", func(_ *http.Request, o order) (outcome, error) {
		s.SetDeliver(o.Deliver)
		return outcome{OK: true}, nil
	})
	handle("ratelimit", func(_ *http.Request, o order) (outcome, error) {
		s.RateLimit(o.RateLimit.Method, o.RateLimit.Calls, time.Duration(o.RateLimit.Seconds)*time.Second)
		return outcome{OK: true}, nil
	})
	handle("challenge", func(r *http.Request, _ order) (outcome, error) {
		ok, err := s.VerifyURL(r.Context())
		return outcome{OK: ok}, err
	})
	handle("command", func(r *http.Request, o order) (outcome, error) {
		ack, err := s.TypeCommand(r.Context(), o.User, o.Channel, o.Line)
		return delivered(ack.Delivery), err
	})
	handle("home", func(r *http.Request, o order) (outcome, error) {
		d, err := s.OpenHome(r.Context(), o.User, "home")
		return delivered(d), err
	})
	handle("press", func(r *http.Request, o order) (outcome, error) {
		m, ok := s.Message(o.Channel, o.TS)
		if !ok {
			return outcome{}, errors.New("there is no such message")
		}
		d, err := s.Press(r.Context(), o.User, m, o.Button)
		return delivered(d), err
	})
	handle("suggest", func(r *http.Request, o order) (outcome, error) { return suggest(r, s, o) })
	handle("submit", func(r *http.Request, o order) (outcome, error) { return submit(r, s, o) })
	handle("shown", func(_ *http.Request, o order) (outcome, error) { return shown(s, o.User), nil })
	return mux
}

func delivered(d slack.Delivery) outcome {
	return outcome{Status: d.Status, Reply: string(d.Reply), OK: d.Status == http.StatusOK}
}

var errNoModal = errors.New("no modal is open")

func suggest(r *http.Request, s *slack.Slack, o order) (outcome, error) {
	v, open := s.Modal(o.User)
	if !open {
		return outcome{}, errNoModal
	}
	options, err := s.Suggest(r.Context(), o.User, v, o.Element, o.Typed)
	return outcome{Options: options, OK: err == nil}, err
}

func submit(r *http.Request, s *slack.Slack, o order) (outcome, error) {
	v, open := s.Modal(o.User)
	if !open {
		return outcome{}, errNoModal
	}
	result, err := s.Submit(r.Context(), o.User, v, o.Values)
	done := delivered(result.Delivery)
	done.Errors = result.Errors
	return done, err
}

// shown is what a person sees now: the messages, the modal on top, the Home tab.
func shown(s *slack.Slack, user string) outcome {
	var o outcome
	for _, m := range s.Visible(user) {
		o.Shown = append(o.Shown, s.Render(m, user).Text())
	}
	if v, open := s.Modal(user); open {
		o.Shown = append(o.Shown, s.RenderView(v).Text())
	}
	if v, there := s.Home(user); there {
		o.Shown = append(o.Shown, s.RenderView(v).Text())
	}
	return o
}
