package slack

import (
	"io"
	"net/http"
	"time"
)

// The life of a response URL, from "Handling user interaction".
const (
	responseURLUses = 5
	responseURLLife = 30 * time.Minute
)

// responseURL lets the app answer one interaction without a token.
type responseURL struct {
	user, room, thread string
	original           *Message // the message that was acted on; nil for a command
	uses               int
	ends               time.Time
}

// newResponseURL returns an address under which the app may answer; the caller
// holds the lock.
func (s *Slack) newResponseURL(user, room, thread string, original *Message) string {
	id := s.ids.text(24, mixedDigits)
	s.replies[id] = &responseURL{
		user: user, room: room, thread: thread, original: original, ends: s.now().Add(responseURLLife),
	}
	return s.base + "/response/" + id
}

// serveResponse is the sink of response URLs. It answers in plain text, as
// hooks.slack.com does.
func (s *Slack) serveResponse(w http.ResponseWriter, r *http.Request) {
	const name = "response_url"
	fault := s.nextFault(name)
	if fault.early() {
		s.recordCall(name, nil, fault.status(), "")
		fault.serve(w)
		return
	}
	status, code := s.respond(r)
	shown := code
	if status == http.StatusOK {
		code, shown = "", "ok"
	}
	s.recordCall(name, nil, status, code)
	if !fault.late(w, r) {
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, shown)
}

func (s *Slack) respond(r *http.Request) (status int, code string) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return http.StatusBadRequest, "invalid_payload"
	}
	a := arguments{}
	if a.addJSON(body) != nil {
		return http.StatusBadRequest, "invalid_payload"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.replies[r.PathValue("id")]
	switch {
	case u == nil:
		return http.StatusNotFound, "no_service"
	case !s.now().Before(u.ends):
		return http.StatusNotFound, "expired_url"
	case u.uses >= responseURLUses:
		return http.StatusNotFound, "used_url"
	}
	if no := s.applyResponse(u, a); no != nil {
		return http.StatusBadRequest, no.code
	}
	u.uses++
	return http.StatusOK, ""
}

// applyResponse does what one use of a response URL asks for. A command has no
// original message, so replace_original posts a new one there (bolt-js issue
// 2287); delete_original has nothing to delete.
func (s *Slack) applyResponse(u *responseURL, a arguments) *problem {
	if a.truth("delete_original") {
		if u.original == nil || u.original.Gone {
			return refuse("message_not_found")
		}
		u.original.Gone = true
		s.noteMessage(Deleted, u.original)
		return nil
	}
	c, no := s.readContent(a)
	if no != nil {
		return no
	}
	if c.empty() {
		return refuse("no_text")
	}
	switch {
	case a.truth("replace_original") && u.original != nil:
		if u.original.Gone {
			return refuse("message_not_found")
		}
		// Who sees the message never changes, whatever response_type says.
		c.put(u.original)
		s.noteMessage(Updated, u.original)
	case a.str("response_type") == "in_channel":
		m := s.newMessage(u.room, c)
		m.ThreadTS = u.thread
		s.publish(s.rooms[u.room], m)
	default:
		s.whisper(u.room, u.user, u.thread, c)
	}
	return nil
}
