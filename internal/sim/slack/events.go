package slack

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strconv"
)

// OpenHome is a person opening the app's Home tab ("home") or Messages tab
// ("messages"); the app hears of it by the event app_home_opened.
func (s *Slack) OpenHome(ctx context.Context, user, tab string) (Delivery, error) {
	s.mu.Lock()
	event := object{
		"type": "app_home_opened", "user": user, "channel": s.directRoom(user).ID,
		"tab": tab, "event_ts": s.ids.ts(s.now()),
	}
	if v := s.views[s.homes[user]]; v != nil && tab == "home" {
		event["view"] = s.viewObject(v)
	}
	s.mu.Unlock()
	return s.SendEvent(ctx, event)
}

// SendEvent delivers an event of any type, wrapped as the Events API does.
func (s *Slack) SendEvent(ctx context.Context, event map[string]any) (Delivery, error) {
	t, app := s.cfg.Seed.Team, s.cfg.App
	authorization := object{
		"enterprise_id": nil, "team_id": t.ID, "user_id": app.BotUserID,
		"is_bot": true, "is_enterprise_install": false,
	}
	wrapped := object{
		"token": app.VerificationToken, "team_id": t.ID, "api_app_id": app.ID, "event": event,
		"type": "event_callback", "event_id": s.ids.id("Ev"), "event_time": s.now().Unix(),
		"authorizations": []any{authorization}, "is_ext_shared_channel": false,
		"event_context": "4-" + s.ids.text(40, mixedDigits),
	}
	if t.EnterpriseID != "" {
		wrapped["enterprise_id"], authorization["enterprise_id"] = t.EnterpriseID, t.EnterpriseID
	}
	body, err := phpJSON(wrapped)
	if err != nil {
		return Delivery{}, err
	}
	return s.postEvent(ctx, body, nil)
}

// VerifyURL asks the events URL to echo a challenge, as Slack does when the
// URL is configured, and reports whether it did.
func (s *Slack) VerifyURL(ctx context.Context) (bool, error) {
	challenge := s.ids.text(52, mixedDigits)
	body, err := phpJSON(object{"token": s.cfg.App.VerificationToken, "challenge": challenge, "type": "url_verification"})
	if err != nil {
		return false, err
	}
	d, err := s.postEvent(ctx, body, nil)
	if err != nil {
		return false, err
	}
	fields, err := ackFields(d)
	if err != nil {
		return false, err
	}
	// The answer may be the bare challenge, or an object that carries it.
	return fields.str("text") == challenge || fields.str("challenge") == challenge, nil
}

// RetryEvent delivers an event again as Slack does after a failure: the same
// body, a fresh signature and the retry headers. Slack retries at once, after a
// minute and after five; the script moves the clock.
func (s *Slack) RetryEvent(ctx context.Context, d Delivery, number int, reason string) (Delivery, error) {
	return s.postEvent(ctx, d.Body, http.Header{
		"X-Slack-Retry-Num": {strconv.Itoa(number)}, "X-Slack-Retry-Reason": {reason},
	})
}

// NoRetry reports whether the app asked not to be sent an event again.
func (d Delivery) NoRetry() bool { return d.ReplyHeader.Get("X-Slack-No-Retry") == "1" }

func (s *Slack) postEvent(ctx context.Context, body []byte, more http.Header) (Delivery, error) {
	s.mu.Lock()
	to := s.deliver.Events
	s.mu.Unlock()
	header := http.Header{"Content-Type": {"application/json"}}
	maps.Copy(header, more)
	d, err := s.post(ctx, "event", to, body, header)
	var failure *DeliveryError
	if errors.As(err, &failure) && failure.Err == nil && d.Status/100 == 2 {
		return d, nil // the Events API takes any 2xx
	}
	return d, err
}

// CheckCertificate sends the unsigned ssl_check that Slack makes now and then
// for distributed apps.
func (s *Slack) CheckCertificate(ctx context.Context) (Delivery, error) {
	s.mu.Lock()
	to := s.deliver.Commands
	s.mu.Unlock()
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	return s.send(ctx, Delivery{Kind: "ssl_check", URL: to, Header: header, Body: []byte("ssl_check=1&token=" + s.cfg.App.VerificationToken)})
}
