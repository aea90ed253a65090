package slack

import (
	"errors"
	"net"
	"net/url"
	"slices"

	slackapi "github.com/slack-go/slack"

	"hoist/internal/pim"
)

// Name is this platform's name in [pim.Person] and [pim.Place].
const Name = "slack"

// Installation is where the app is installed: in one workspace (Team is set) or
// organisation-wide on Enterprise Grid (Enterprise is set, Team is not).
//
// Its id is also the workspace in [pim.Person] and [pim.Place]: the team's on a
// workspace installation, the enterprise's on an organisation-wide one, where
// people keep one identity across the organisation's workspaces. See "Developing
// for Enterprise orgs" (docs.slack.dev/enterprise).
type Installation struct {
	Team       string // T…
	Enterprise string // E…
}

// Workspace is the installation's id.
func (i Installation) Workspace() string {
	if i.Team != "" {
		return i.Team
	}
	return i.Enterprise
}

// Validate reports whether exactly one id is set.
func (i Installation) Validate() error {
	if (i.Team == "") == (i.Enterprise == "") {
		return errors.New("slack: an installation is either a team or an enterprise")
	}
	if !isSlackID(i.Workspace()) {
		return errors.New("slack: the installation's id is not one of Slack's")
	}
	return nil
}

// holds reports whether a delivery that names this team and enterprise is for
// this installation.
func (i Installation) holds(team, enterprise string) bool {
	if i.Team != "" {
		return team == i.Team
	}
	return enterprise == i.Enterprise
}

// employs reports whether a person of userTeam who acted in team belongs to the
// installation. In channels shared by Slack Connect people of other
// organisations can press buttons; their own team then differs from the one
// that the channel belongs to. A payload that does not say whose the person is
// proves nothing. See "Understanding Slack Connect" (docs.slack.dev/apis/slack-connect).
func (i Installation) employs(userTeam, team string) bool {
	if userTeam == "" {
		return false
	}
	if i.Team != "" {
		return userTeam == i.Team
	}
	return userTeam == i.Enterprise || userTeam == team
}

// counts reports whether users.info shows a member of the installation.
func (i Installation) counts(u *slackapi.User) bool {
	if i.Team != "" {
		return u.TeamID == i.Team || slices.Contains(u.Enterprise.Teams, i.Team)
	}
	return u.TeamID == i.Enterprise || u.Enterprise.EnterpriseID == i.Enterprise
}

func (i Installation) person(user string) pim.Person {
	return pim.Person{Platform: Name, Workspace: i.Workspace(), User: user}
}

// isSlackID accepts the alphabet of Slack's ids: a capital and then capitals
// and digits. It keeps slashes out of [pim.Person.Key].
func isSlackID(s string) bool {
	if len(s) < 2 || len(s) > maxSlackID || s[0] < 'A' || s[0] > 'Z' {
		return false
	}
	for _, c := range []byte(s[1:]) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// isUserID accepts a person's id; on Enterprise Grid it may begin with W.
func isUserID(s string) bool { return isSlackID(s) && (s[0] == 'U' || s[0] == 'W') }

// mayCarrySecrets reports whether tokens and links may travel to an address:
// over TLS, or in the clear to this machine (simulators, tests).
func mayCarrySecrets(u *url.URL) bool {
	if u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
