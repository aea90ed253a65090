package slack

import (
	"cmp"
	"context"
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"

	"hoist/internal/pim"
)

// Profile implements [chat.Platform] with users.info
// (docs.slack.dev/reference/methods/users.info).
func (p *Platform) Profile(ctx context.Context, who pim.Person) (pim.Profile, error) {
	if who.Platform != Name || who.Workspace != p.installation.Workspace() {
		return pim.Profile{Barred: barredStranger}, nil
	}
	const method = "users.info"
	if !isUserID(who.User) {
		return pim.Profile{}, &pim.Error{Kind: pim.KindNotFound, Message: method + ": not a person's id"}
	}
	x := newExchange(p.clock)
	u, err := p.api.GetUserInfoContext(x.in(ctx), who.User)
	if err != nil {
		return pim.Profile{}, x.fault(method, reads, err)
	}
	if u.ID != who.User {
		return pim.Profile{}, &pim.Error{Kind: pim.KindUnavailable, Message: method + ": the answer is about somebody else"}
	}
	return pim.Profile{
		Name:   cmp.Or(u.Profile.RealName, u.RealName, u.Profile.DisplayName, u.Name),
		Email:  u.Profile.Email,
		Zone:   zone(u.TZ),
		Barred: barred(u, p.installation),
	}, nil
}

// The reasons of [pim.Profile.Barred].
const (
	barredBot      = "bot"
	barredStranger = "other organisation"
	barredGone     = "deactivated"
	barredGuest    = "guest"
)

func barred(u *slackapi.User, i Installation) string {
	switch {
	case u.IsBot || u.IsWorkflowBot || u.IsConnectorBot || u.ID == "USLACKBOT": // Slackbot is not marked as one
		return barredBot
	case u.IsStranger || !i.counts(u):
		return barredStranger
	case u.Deleted:
		return barredGone
	case u.IsRestricted || u.IsUltraRestricted:
		return barredGuest
	}
	return ""
}

// zone is nil when Slack names none or the machine does not know it.
func zone(name string) *time.Location {
	if !strings.Contains(name, "/") && name != "UTC" {
		return nil // "" and "Local" are names too, of this machine's own zone
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return z
}
