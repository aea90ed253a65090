package portal

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"hoist/internal/sim/fault"
	"hoist/internal/sim/slack"
)

// The paths of Graph in the plan, which stands in front of Entra too.
const (
	allOfGraph  = "/v1.0|beta/**"
	activations = "/v1.0/roleManagement/directory/roleAssignmentScheduleRequests"
)

// slowAnswer is longer than people like to wait and shorter than clients do;
// retryAfter short enough to watch.
const (
	slowAnswer = 5 * time.Second
	retryAfter = 3 * time.Second
)

// newMessage is the method of Slack that says something new.
const newMessage = "chat.postMessage"

// services is what was done to Slack and Redis. Slack does not tell, so the
// panel remembers what it has set.
type services struct {
	slack slack.Outage
	// limited is set with the number of messages that Slack had refused until
	// then: the fault has passed when there is one more.
	limited     bool
	limitedFrom int
	redisDown   bool
}

// graphFault is a button that plans a fault of Graph.
type graphFault struct {
	Value, Label string
	rule         fault.Rule
}

var graphFaults = []graphFault{
	{"graph-slow", "Graph slow (5 s) for the next 3 calls", fault.Rule{Path: allOfGraph, Times: 3, Effect: fault.Latency(slowAnswer)}},
	{"graph-429", "Graph answers 429 (Retry-After 3 s) to the next call", fault.Rule{Path: allOfGraph, Effect: fault.Throttle(retryAfter)}},
	{"graph-503", "Graph down (503) for the next 5 calls", fault.Rule{Path: allOfGraph, Times: 5, Effect: fault.Unavailable(0)}},
	{"lost-answer", "The answer of the next activation is lost", fault.Rule{Method: http.MethodPost, Path: activations, Effect: fault.ResetAfter()}},
	{"lost-question", "The next activation's question is lost", fault.Rule{Method: http.MethodPost, Path: activations, Effect: fault.ResetBefore()}},
}

// faults is the corner of the overview about what goes wrong.
type faults struct {
	Graph   []graphFault
	Pending []pending
	// Slack and Redis are nil when they cannot be switched.
	Slack, Redis []option
}

// pending is a fault that has not passed yet.
type pending struct{ ID, Text string }

func (p *Panel) faults() faults {
	f := faults{Graph: graphFaults}
	for i, r := range p.cfg.Faults.Pending() {
		f.Pending = append(f.Pending, pending{"pending-" + strconv.Itoa(i), fmt.Sprintf("%s: %s", ruleName(r), left(r.Times))})
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cfg.Slack != nil {
		f.Slack = slackButtons(p.services.slack)
		f.Pending = append(f.Pending, p.pendingOfSlack()...)
	}
	if p.cfg.Redis != nil {
		f.Redis = []option{{Value: "redis-down", Label: "Redis down"}}
		if p.services.redisDown {
			f.Redis = []option{{Value: "redis-back", Label: "Redis back"}}
			f.Pending = append(f.Pending, pending{"pending-redis", "Redis is down until it is brought back."})
		}
	}
	return f
}

func ruleName(r fault.Rule) string {
	if r.Name != "" {
		return r.Name
	}
	return "A fault that was planned elsewhere"
}

func left(n int) string {
	if n == 1 {
		return "1 call left."
	}
	return strconv.Itoa(n) + " calls left."
}

func slackButtons(now slack.Outage) []option {
	buttons := []option{
		{Value: "slack-down", Label: "Slack down"},
		{Value: "slack-slow", Label: "Slack slow (5 s)"},
		{Value: "slack-429", Label: "Slack 429 on the next message"},
	}
	if now != slack.Healthy {
		buttons = append(buttons, option{Value: "slack-back", Label: "Slack back"})
	}
	return buttons
}

func (p *Panel) pendingOfSlack() []pending {
	var rows []pending
	switch p.services.slack {
	case slack.ServerError:
		rows = append(rows, pending{"pending-slack", "Slack is down (500) until it is brought back."})
	case slack.Slow:
		rows = append(rows, pending{"pending-slack", "Slack is slow (5 s) until it is brought back."})
	default:
	}
	if p.services.limited && p.limitedMessages() <= p.services.limitedFrom {
		rows = append(rows, pending{"pending-slack-429", "Slack answers 429 to the next message: 1 call left."})
	}
	return rows
}

// limitedMessages counts the messages that Slack has refused so far.
func (p *Panel) limitedMessages() int {
	n := 0
	for _, c := range p.cfg.Slack.Calls() {
		if c.Method == newMessage && c.Status == http.StatusTooManyRequests {
			n++
		}
	}
	return n
}

// addFault plans or lifts one fault by the value of its button.
func (p *Panel) addFault(r *http.Request) (outcome, error) {
	name := r.PostFormValue("fault")
	for _, f := range graphFaults {
		if f.Value == name {
			rule := f.rule
			rule.Name = f.Label
			p.cfg.Faults.Add(rule)
			return outcome{text: "Planned: " + f.Label + "."}, nil
		}
	}
	switch {
	case p.cfg.Slack != nil && name == "slack-down":
		return p.slackOutage(slack.Fault{Outage: slack.ServerError}, "Slack is down."), nil
	case p.cfg.Slack != nil && name == "slack-slow":
		return p.slackOutage(slack.Fault{Outage: slack.Slow, Delay: slowAnswer}, "Slack answers slowly."), nil
	case p.cfg.Slack != nil && name == "slack-back":
		return p.slackOutage(slack.Fault{}, "Slack is back."), nil
	case p.cfg.Slack != nil && name == "slack-429":
		return p.limitNextMessage(), nil
	case p.cfg.Redis != nil && name == "redis-down":
		return p.takeRedis(true)
	case p.cfg.Redis != nil && name == "redis-back":
		return p.takeRedis(false)
	}
	return outcome{}, mistake("Choose one of the faults.")
}

func (p *Panel) slackOutage(f slack.Fault, said string) outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cfg.Slack.SetFault(f)
	p.services.slack = f.Outage
	return outcome{text: said}
}

func (p *Panel) limitNextMessage() outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.services.limited, p.services.limitedFrom = true, p.limitedMessages()
	p.cfg.Slack.RateLimit(newMessage, 1, retryAfter)
	return outcome{text: "Planned: Slack answers 429 to the next message."}
}

func (p *Panel) takeRedis(down bool) (outcome, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.cfg.Redis(down); err != nil {
		return outcome{}, fmt.Errorf("switch Redis: %w", err)
	}
	p.services.redisDown = down
	if down {
		return outcome{text: "Redis is down."}, nil
	}
	return outcome{text: "Redis is back."}, nil
}

// mend ends everything that goes wrong, whoever planned it.
func (p *Panel) mend(*http.Request) (outcome, error) {
	p.cfg.Faults.Clear()
	if p.cfg.Slack != nil {
		p.cfg.Slack.RateLimit(newMessage, 0, 0)
		p.slackOutage(slack.Fault{}, "")
		p.mu.Lock()
		p.services.limited = false
		p.mu.Unlock()
	}
	if p.cfg.Redis != nil {
		if _, err := p.takeRedis(false); err != nil {
			return outcome{}, err
		}
	}
	return outcome{text: "Everything is mended."}, nil
}
