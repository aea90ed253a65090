package slack

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hoist/internal/chat"
)

// reuse sends the same delivery again and again, as far as a request allows.
func reuse(b *testing.B, h *Handler, r *http.Request, body []byte, want int) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		r.Body = http.NoBody
		if len(body) > 0 {
			r.Body = &readCloser{*strings.NewReader(string(body))}
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			b.Fatalf("status %d", w.Code)
		}
	}
}

type readCloser struct{ strings.Reader }

func (*readCloser) Close() error { return nil }

func BenchmarkHandler_command(b *testing.B) {
	h := newBench(b, func(c *HandlerConfig) { c.Log = nil; c.Bot = replies{} })
	body := []byte(commandForm(nil).Encode())
	reuse(b, h.Handler, signed(CommandsPath, formType, body, nine), body, http.StatusOK)
}

func BenchmarkHandler_press(b *testing.B) {
	h := newBench(b, func(c *HandlerConfig) { c.Log = nil; c.Bot = silentBot{} })
	body := []byte(interactionBody(press(nil)))
	reuse(b, h.Handler, signed(InteractionsPath, formType, body, nine), body, http.StatusOK)
}

func BenchmarkHandler_submission(b *testing.B) {
	h := newBench(b, func(c *HandlerConfig) { c.Log = nil; c.Bot = silentBot{} })
	body := []byte(interactionBody(submitted(nil)))
	reuse(b, h.Handler, signed(InteractionsPath, formType, body, nine), body, http.StatusOK)
}

func BenchmarkHandler_forged(b *testing.B) {
	h := newBench(b, func(c *HandlerConfig) { c.Log = nil })
	body := []byte(commandForm(nil).Encode())
	r := signed(CommandsPath, formType, body, nine)
	r.Header.Set(signatureHeader, "v0="+strings.Repeat("0", 64))
	reuse(b, h.Handler, r, body, http.StatusUnauthorized)
}

func BenchmarkVerify(b *testing.B) {
	h := newBench(b, nil)
	body := []byte(commandForm(nil).Encode())
	header := signedHeader(testSecret, nine, body)
	b.ReportAllocs()
	for b.Loop() {
		if _, why := h.verifier.verify(header, body); why != reasonNone {
			b.Fatal(why)
		}
	}
}

func BenchmarkRender_card(b *testing.B) {
	v := card()
	b.ReportAllocs()
	for b.Loop() {
		renderedJSON(b, v)
	}
}

type replies struct{ silentBot }

func (replies) Command(context.Context, chat.Inbound) chat.View {
	return chat.Reply{Tone: chat.Waiting, Lines: []chat.Line{chat.Say("Checking… I will answer in our direct messages.")}}
}

type silentBot struct{}

func (silentBot) Command(context.Context, chat.Inbound) chat.View       { return nil }
func (silentBot) Press(context.Context, chat.Inbound) chat.View         { return nil }
func (silentBot) Submit(context.Context, chat.Inbound) chat.FormAnswer  { return chat.FormAnswer{} }
func (silentBot) Roles(context.Context, chat.Inbound) []chat.RoleOption { return nil }

func (silentBot) Filled(_ context.Context, _ chat.Inbound, f chat.RequestForm) chat.RequestForm {
	return f
}
