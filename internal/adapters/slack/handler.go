package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hoist/internal/chat"
	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

// The paths of the app's request URLs, as the manifest names them.
const (
	CommandsPath     = "/slack/commands"
	InteractionsPath = "/slack/interactions"
	OptionsPath      = "/slack/options"
	EventsPath       = "/slack/events"
)

const (
	// maxBody bounds a delivery. Interactions echo the message they belong to;
	// the largest are some tens of kilobytes.
	maxBody = 256 << 10

	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

// Bot is what becomes of a verified delivery. All methods answer within the
// context's deadline; a nil view means that there is nothing to say. A
// [chat.RequestForm] is opened as a form.
type Bot interface {
	Command(ctx context.Context, in chat.Inbound) chat.View
	Press(ctx context.Context, in chat.Inbound) chat.View
	// Filled is a form with the role chosen that its ask names.
	Filled(ctx context.Context, in chat.Inbound, f chat.RequestForm) chat.RequestForm
	// Submit takes a filled form.
	Submit(ctx context.Context, in chat.Inbound) chat.FormAnswer
	// Roles lists what the form offers; the text is what was typed so far.
	Roles(ctx context.Context, in chat.Inbound) []chat.RoleOption
}

// Opener shows what no answer to a delivery can carry. [Platform] is one.
type Opener interface {
	// OpenForm shows a form to the person whom the trigger is from. Slack takes
	// a trigger once and for three seconds.
	OpenForm(ctx context.Context, trigger secret.Value, f chat.RequestForm) error
	// Hold keeps messages to a person back until a moment after release is called.
	Hold(who pim.Person) (release func())
	// Post is that of [chat.Platform].
	Post(ctx context.Context, at pim.Place, thread pim.Ref, v chat.View) (pim.Ref, error)
}

// HandlerConfig describes a [Handler].
type HandlerConfig struct {
	Bot Bot
	// Opener opens forms and posts what they led to: the [Platform] of the same
	// installation.
	Opener       Opener
	Installation Installation
	// SigningSecrets are all that are valid now; more than one while a secret is
	// being rotated.
	SigningSecrets []secret.Value
	// Clock judges timestamps. Time limits are the machine's own: Slack's three
	// seconds do not stand still with a test's clock.
	Clock clock.Clock
	// Busy is what a person reads when the bot did not answer in time or broke.
	// The reference is in the log as well.
	Busy func(reference string) chat.View
	// Stranger is what people of other workspaces read. Nil answers nothing.
	Stranger func() chat.View
	// ResponseOrigins are allowed for response URLs besides
	// https://hooks.slack.com, such as https://hooks.slack-gov.com or the
	// simulator's. Plain http is taken for this machine only.
	ResponseOrigins []string
	// Transport carries answers to response URLs. Nil means a default of its own.
	Transport http.RoundTripper
	// Courier takes answers to response URLs and to people; Close ends its waits.
	Courier *chat.Courier
	// Patience is how long the bot may take. Zero means 1.5 seconds, which leaves
	// half a second for saying so in words.
	Patience time.Duration
	// Registerer takes the counter. Nil means that nothing is registered.
	Registerer prometheus.Registerer
	// Log takes what an operator should see. Nil means nothing is logged.
	Log *slog.Logger
}

// Handler receives Slack's deliveries: slash commands, interactions, questions
// for options and, so that the events URL can be verified, events. Mount it
// under "/slack/". It writes its answer within two seconds of reading the body;
// the server that it is mounted in bounds how long reading may take.
type Handler struct {
	bot          Bot
	opener       Opener
	installation Installation
	verifier     *verifier
	busy         func(string) chat.View
	stranger     func() chat.View
	patience     time.Duration
	responses    *responder
	courier      *chat.Courier
	running      crew
	tally        *tally
	log          *slog.Logger
	routes       map[string]route
}

// route is one kind of delivery.
type route struct {
	media string
	serve func(*Handler, context.Context, delivery) answer
}

// delivery is a verified request.
type delivery struct {
	body []byte
	key  string
}

// reference is what a person may quote and the log names.
func (d delivery) reference() string { return chat.DeliveryRef(d.key) }

// answer is what Slack gets.
type answer struct {
	status int
	media  string
	body   []byte
}

// NewHandler refuses a configuration that would accept what it must not.
func NewHandler(cfg HandlerConfig) (*Handler, error) {
	if cfg.Bot == nil || cfg.Opener == nil || cfg.Clock == nil || cfg.Courier == nil || cfg.Busy == nil {
		return nil, errors.New("slack: the handler needs a bot, an opener, a clock, a courier and a text for being busy")
	}
	if err := cfg.Installation.Validate(); err != nil {
		return nil, err
	}
	v, err := newVerifier(cfg.SigningSecrets, cfg.Clock)
	if err != nil {
		return nil, err
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Patience == 0 {
		cfg.Patience = defaultPatience
	}
	responses, err := newResponder(cfg.ResponseOrigins, cfg.Transport, cfg.Clock)
	if err != nil {
		return nil, err
	}
	t, err := newTally(cfg.Registerer, cfg.Clock, cfg.Log)
	if err != nil {
		return nil, fmt.Errorf("slack: register the counter: %w", err)
	}
	return &Handler{
		bot: cfg.Bot, opener: cfg.Opener, installation: cfg.Installation, verifier: v,
		busy: cfg.Busy, stranger: cfg.Stranger, patience: cfg.Patience, responses: responses,
		courier: cfg.Courier, tally: t, log: cfg.Log,
		routes: map[string]route{
			CommandsPath:     {formType, (*Handler).command},
			InteractionsPath: {formType, (*Handler).interaction},
			OptionsPath:      {formType, (*Handler).options},
			EventsPath:       {jsonType, (*Handler).event},
		},
	}, nil
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.answer(w, r).write(w)
}

// answer takes a request through its gates in order of their cost: where it
// goes, how long it is, who signed it, what it says.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request) (a answer) {
	ctx := r.Context()
	rt, known := h.routes[r.URL.Path]
	switch {
	case !known:
		return h.setAside(ctx, reasonPath)
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		return h.setAside(ctx, reasonMethod)
	case !isMediaType(r.Header.Get("Content-Type"), rt.media):
		return h.setAside(ctx, reasonMedia)
	}
	d, why := h.receive(w, r)
	if why != reasonNone {
		return h.setAside(ctx, why)
	}
	defer func() {
		if broken := recover(); broken != nil {
			h.recordPanic(ctx, d.reference(), broken)
			if a = (answer{status: http.StatusOK}); r.URL.Path == CommandsPath {
				a = h.sorry(ctx, d)
			}
		}
	}()
	return rt.serve(h, ctx, d)
}

// receive reads the body and checks its signature.
func (h *Handler) receive(w http.ResponseWriter, r *http.Request) (delivery, reason) {
	if r.ContentLength > maxBody {
		return delivery{}, reasonTooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return delivery{}, reasonTooLarge
		}
		return delivery{}, reasonRead
	}
	key, why := h.verifier.verify(r.Header, body)
	if why != reasonNone && isSSLCheck(body) {
		// Slack checks a certificate without signing; whatever else such a request
		// carries is dropped unread.
		why = reasonSSLCheck
	}
	return delivery{body: body, key: key}, why
}

// command answers a slash command, visible to the person alone.
func (h *Handler) command(ctx context.Context, d delivery) answer {
	c, why := decodeCommand(d.body)
	if why != reasonNone {
		return h.setAside(ctx, why)
	}
	if !h.installation.holds(c.Team, c.Enterprise) {
		return h.turnAway(ctx)
	}
	in := chat.Inbound{Person: h.installation.person(c.User), Text: c.Text, Delivery: d.key}
	defer h.opener.Hold(in.Person)()
	v := h.view(ctx, d, func(ctx context.Context) chat.View { return h.bot.Command(ctx, in) })
	if f, isForm := v.(chat.RequestForm); isForm {
		h.openForm(ctx, d, in, opening{c.Trigger, c.ResponseURL}, f)
		return answer{status: http.StatusOK}
	}
	return h.ephemeral(ctx, v)
}

// interaction takes what people do with buttons and forms.
func (h *Handler) interaction(ctx context.Context, d delivery) answer {
	kind, raw, why := decodePayload(d.body)
	switch {
	case why != reasonNone:
		return h.setAside(ctx, why)
	case kind == "block_actions":
		return h.press(ctx, d, raw)
	case kind == "block_suggestion":
		return h.suggest(ctx, d, raw)
	case kind == "view_submission":
		return h.submit(ctx, d, raw)
	default: // nothing else is asked for; Slack wants a 200 for it
		return h.setAside(ctx, reasonIgnored)
	}
}

// press takes the press of a button. The acknowledgement is empty; what there is
// to say goes to the response URL.
func (h *Handler) press(ctx context.Context, d delivery, raw []byte) answer {
	i, why := decodePress(raw)
	switch {
	case why != reasonNone:
		return h.setAside(ctx, why)
	case len(i.Actions) != 1:
		return h.setAside(ctx, reasonIgnored)
	}
	p, link, ok := pressed(i.Actions[0].ActionID, i.Actions[0].BlockID, i.Actions[0].Value)
	if !ok || link {
		return h.setAside(ctx, reasonIgnored)
	}
	if !i.belongs(h.installation) {
		h.tally.add(ctx, reasonStranger)
		if h.stranger != nil {
			h.respond(ctx, d, i.ResponseURL, h.stranger())
		}
		return answer{status: http.StatusOK}
	}
	in := chat.Inbound{Person: h.installation.person(i.User.ID), Delivery: d.key, Pressed: p}
	switch v := h.view(ctx, d, func(ctx context.Context) chat.View { return h.bot.Press(ctx, in) }).(type) {
	case nil:
	case chat.RequestForm:
		h.openForm(ctx, d, in, opening{secret.New(i.TriggerID), i.ResponseURL}, v)
	default:
		h.respond(ctx, d, i.ResponseURL, v)
	}
	return answer{status: http.StatusOK}
}

// event proves that the events URL is ours. The app subscribes to no event; one
// that comes all the same is acknowledged, because Slack repeats what is not.
func (h *Handler) event(ctx context.Context, d delivery) answer {
	c, why := challenge(d.body)
	if why != reasonNone {
		return h.setAside(ctx, why)
	}
	return answer{status: http.StatusOK, media: "text/plain; charset=utf-8", body: []byte(c)}
}

// turnAway answers a command of another workspace.
func (h *Handler) turnAway(ctx context.Context) answer {
	h.tally.add(ctx, reasonStranger)
	if h.stranger == nil {
		return answer{status: http.StatusOK}
	}
	return h.ephemeral(ctx, h.stranger())
}

// ephemeral is a message that the person who typed sees alone.
func (h *Handler) ephemeral(ctx context.Context, v chat.View) answer {
	if v == nil {
		return answer{status: http.StatusOK}
	}
	return h.say(ctx, ephemeralMessage(v))
}

// say answers in JSON.
func (h *Handler) say(ctx context.Context, v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		h.log.ErrorContext(ctx, "an answer could not be encoded", "platform", Name, "error", err)
		return answer{status: http.StatusOK}
	}
	return answer{status: http.StatusOK, media: jsonType + "; charset=utf-8", body: body}
}

// setAside counts a delivery that goes no further.
func (h *Handler) setAside(ctx context.Context, why reason) answer {
	h.tally.add(ctx, why)
	return answer{status: why.status()}
}

func (r reason) status() int {
	switch r {
	case reasonPath:
		return http.StatusNotFound
	case reasonMethod:
		return http.StatusMethodNotAllowed
	case reasonMedia:
		return http.StatusUnsupportedMediaType
	case reasonTooLarge:
		return http.StatusRequestEntityTooLarge
	case reasonHeader, reasonStale, reasonSignature:
		return http.StatusUnauthorized
	case reasonRead, reasonEncoding, reasonMalformed:
		return http.StatusBadRequest
	default: // from Slack, who repeats what is not acknowledged
		return http.StatusOK
	}
}

func (a answer) write(w http.ResponseWriter) {
	if a.media != "" {
		w.Header().Set("Content-Type", a.media)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // whoever hung up does not read an error either
}

// isSSLCheck looks for the field without parsing the form.
func isSSLCheck(body []byte) bool {
	for pair := range bytes.SplitSeq(body, []byte("&")) {
		if string(pair) == "ssl_check=1" {
			return true
		}
	}
	return false
}
