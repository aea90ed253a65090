package slack

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"

	"hoist/internal/chat"
	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

// callTimeout bounds one call of the Web API. The library's own client waits
// for ever.
const callTimeout = 8 * time.Second

// PlatformConfig describes a [Platform].
type PlatformConfig struct {
	Installation Installation
	// Token is the bot token, with the scopes chat:write, users:read and
	// users:read.email.
	Token secret.Value
	// APIURL is the Web API. Empty means https://slack.com/api/. Plain http is
	// taken for this machine only.
	APIURL string
	// Clock turns dates in Retry-After into waits.
	Clock clock.Clock
	// Transport carries the calls. Nil means a default of its own.
	Transport http.RoundTripper
	// Timeout bounds one call. Zero means 8 seconds.
	Timeout time.Duration
}

// Platform shows views in Slack. Nothing is sent twice: when the answer to a
// message was lost, the error says so and the caller decides. There is no
// idempotency key to chat.postMessage.
type Platform struct {
	installation Installation
	clock        clock.Clock
	api          *slackapi.Client
	views        viewAPI
	order        order
}

var (
	_ chat.Platform = (*Platform)(nil)
	_ Opener        = (*Platform)(nil)
)

// NewPlatform makes no call.
func NewPlatform(cfg PlatformConfig) (*Platform, error) {
	if err := cfg.Installation.Validate(); err != nil {
		return nil, err
	}
	if cfg.Token.IsZero() || cfg.Clock == nil {
		return nil, errors.New("slack: the platform needs a bot token and a clock")
	}
	if cfg.APIURL == "" {
		cfg.APIURL = slackapi.APIURL
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = callTimeout
	}
	u, err := url.Parse(cfg.APIURL)
	if err != nil || !mayCarrySecrets(u) {
		return nil, errors.New("slack: the API address is neither https nor on this machine")
	}
	client := newClient(cfg.Transport, cfg.Timeout)
	client.Transport = wire{client.Transport}
	base := strings.TrimRight(cfg.APIURL, "/") + "/" // the library joins without a slash
	return &Platform{
		installation: cfg.Installation, clock: cfg.Clock,
		api:   slackapi.New(cfg.Token.Reveal(), slackapi.OptionAPIURL(base), slackapi.OptionHTTPClient(client)),
		views: viewAPI{client: client, base: base, token: cfg.Token},
	}, nil
}

// Name implements [chat.Platform].
func (p *Platform) Name() string { return Name }

// Post implements [chat.Platform]. A person's id as the channel lands in their
// direct message with the app; Slack's answer names the message's real channel,
// which updating needs (docs.slack.dev/reference/methods/chat.postMessage).
func (p *Platform) Post(ctx context.Context, at pim.Place, thread pim.Ref, v chat.View) (pim.Ref, error) {
	if err := p.admits(at, v); err != nil {
		return "", err
	}
	p.order.await(ctx, at.Address)
	m := render(v)
	if thread == "" {
		return p.post(ctx, at.Address, options(m))
	}
	parent, err := parseRef(thread)
	if err != nil {
		return "", err
	}
	if err := parent.admits(v); err != nil {
		return "", err
	}
	ref, err := p.post(ctx, parent.channel, options(m), slackapi.MsgOptionTS(parent.ts))
	if pim.KindOf(err) == pim.KindNotFound {
		// Somebody deleted the card. What is to be told is told beside its thread;
		// Slack said that nothing was posted.
		return p.post(ctx, parent.channel, options(m))
	}
	return ref, err
}

func (p *Platform) post(ctx context.Context, channel string, opts ...slackapi.MsgOption) (pim.Ref, error) {
	const method = "chat.postMessage"
	x := newExchange(p.clock)
	channel, ts, _, err := p.api.SendMessageContext(x.in(ctx), channel, opts...)
	if err != nil {
		return "", x.fault(method, sends, err)
	}
	ref := messageRef{channel, ts}
	if !ref.valid() {
		return "", &pim.Error{Kind: pim.KindUnanswered, Message: method + ": the answer names no message"}
	}
	return ref.ref(), nil
}

// Update implements [chat.Platform]. [pim.KindNotFound] means that the message
// cannot be changed any more and a new one is due.
func (p *Platform) Update(ctx context.Context, at pim.Place, ref pim.Ref, v chat.View) error {
	if err := p.admits(at, v); err != nil {
		return err
	}
	r, err := parseRef(ref)
	if err != nil {
		return err
	}
	if err := r.admits(v); err != nil {
		return err
	}
	x := newExchange(p.clock)
	if _, _, _, err := p.api.UpdateMessageContext(x.in(ctx), r.channel, r.ts, options(render(v))); err != nil {
		return x.fault("chat.update", sends, err)
	}
	return nil
}

// Delete implements [chat.Platform].
func (p *Platform) Delete(ctx context.Context, _ pim.Place, ref pim.Ref) error {
	r, err := parseRef(ref)
	if err != nil {
		return err
	}
	x := newExchange(p.clock)
	if _, _, err = p.api.DeleteMessageContext(x.in(ctx), r.channel, r.ts); err == nil {
		return nil
	}
	err = x.fault("chat.delete", sends, err)
	if k := pim.KindOf(err); k == pim.KindNotFound || k == pim.KindUndeliverable {
		return nil // the message, or the whole place, is gone
	}
	return err
}

// admits refuses places that are not of this installation, and personal links
// anywhere but in the direct messages of the person whom they are for: those
// that sign in go to who asked, those that decide to who may decide.
func (p *Platform) admits(at pim.Place, v chat.View) error {
	personal := at.Kind == pim.Requester || at.Kind == pim.Decider
	switch {
	case at.Platform != Name || at.Workspace != p.installation.Workspace():
		return undeliverable("the place is not of this Slack installation")
	case personal && !isUserID(at.Address):
		return undeliverable("the address is not a person's id")
	case !isSlackID(at.Address):
		return undeliverable("the address is not one of Slack's ids")
	}
	for _, a := range personalLinks(v) {
		want := pim.Requester
		if a.Kind == chat.ActionApprove || a.Kind == chat.ActionDeny {
			want = pim.Decider
		}
		if at.Kind != want {
			return undeliverable("a personal link goes only to whom it is for")
		}
	}
	return nil
}

func undeliverable(why string) error { return &pim.Error{Kind: pim.KindUndeliverable, Message: why} }

// personalLinks are the buttons that lead where one person alone may go: all
// links but the one to PIM's own pages.
func personalLinks(v chat.View) []chat.Action {
	var actions, personal []chat.Action
	switch v := v.(type) {
	case chat.Card:
		actions = v.Actions
	case chat.Note:
		actions = v.Actions
	case chat.StatusCard:
		for _, e := range v.Entries {
			actions = append(actions, e.Actions...)
		}
	}
	for _, a := range actions {
		if a.Kind != chat.ActionOpen && (actionKinds[a.Kind] == link || !a.URL.IsZero()) {
			personal = append(personal, a)
		}
	}
	return personal
}

// messageRef names a message; "channel/ts" is its stored form.
type messageRef struct{ channel, ts string }

func (r messageRef) ref() pim.Ref { return pim.Ref(r.channel + "/" + r.ts) }

// valid checks the form of both parts: a timestamp is "seconds.count".
func (r messageRef) valid() bool {
	seconds, count, ok := strings.Cut(r.ts, ".")
	return ok && isSlackID(r.channel) && isDigits(seconds) && isDigits(count)
}

// admits keeps personal links inside direct messages, whatever place a reference
// is said to be at. Slack's ids of those begin with D.
func (r messageRef) admits(v chat.View) error {
	if r.channel[0] != 'D' && len(personalLinks(v)) > 0 {
		return undeliverable("a personal link does not go to a channel")
	}
	return nil
}

func isDigits(s string) bool {
	return s != "" && len(s) < 20 && strings.Trim(s, "0123456789") == ""
}

func parseRef(ref pim.Ref) (messageRef, error) {
	channel, ts, _ := strings.Cut(string(ref), "/")
	r := messageRef{channel, ts}
	if !r.valid() {
		return messageRef{}, &pim.Error{Kind: pim.KindBadRequest, Message: "the reference names no Slack message"}
	}
	return r, nil
}
