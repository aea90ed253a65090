package world

import (
	"cmp"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"hoist/internal/sim/slack"
)

// workspace reads the parts of the Slack section that people's accounts need,
// and leaves the others in the sections for later.
func (b *builder) workspace() {
	b.section("slack", func(n ast.Node) {
		later := func(name string) func(ast.Node) {
			return func(n ast.Node) { b.sections["slack "+name] = n }
		}
		b.mapping(n, "the Slack section",
			key{"team", false, b.team},
			key{"app", false, b.installed},
			key{"channels", false, later("channels")},
			key{"others", false, later("others")},
		)
	})
	b.bot()
}

func (b *builder) team(n ast.Node) {
	t := &b.world.Slack.Team
	b.mapping(n, "the workspace",
		key{"id", false, scalar(&b.reader, &t.ID, teamID)},
		key{"name", false, scalar(&b.reader, &t.Name, anyText)},
		key{"domain", false, scalar(&b.reader, &t.Domain, handleName)},
		key{"enterprise_id", false, scalar(&b.reader, &t.EnterpriseID, anyText)},
		key{"enterprise_name", false, scalar(&b.reader, &t.EnterpriseName, anyText)},
	)
}

func (b *builder) installed(n ast.Node) {
	a := &b.world.App
	b.mapping(n, "the Slack app",
		key{"id", false, scalar(&b.reader, &a.ID, appID)},
		key{"name", false, scalar(&b.reader, &a.Name, anyText)},
		key{"bot_id", false, scalar(&b.reader, &a.BotID, botID)},
		key{"bot_user", false, scalar(&b.reader, &a.BotUserID, userID)},
		key{"bot_token", false, scalar(&b.reader, &a.BotToken, hidden)},
		key{"signing_secret", false, scalar(&b.reader, &a.SigningSecret, hidden)},
		key{"verification_token", false, scalar(&b.reader, &a.VerificationToken, anyText)},
		key{"client_id", false, scalar(&b.reader, &a.ClientID, anyText)},
		key{"client_secret", false, scalar(&b.reader, &a.ClientSecret, hidden)},
		key{"scopes", false, list(&b.reader, &a.Scopes, permission)},
		key{"commands", false, list(&b.reader, &a.Commands, commandName)},
		key{"escape_commands", false, scalar(&b.reader, &a.EscapeCommands, flag)},
		key{"redirect_uris", false, list(&b.reader, &a.RedirectURIs, address)},
		key{"deliver", false, b.deliver},
	)
}

// deliver names every address or has none: an app without one of the features
// must be describable.
func (b *builder) deliver(n ast.Node) {
	d := &b.world.Deliver
	*d = slack.Deliver{}
	b.mapping(n, "the delivery",
		key{"commands", false, scalar(&b.reader, &d.Commands, address)},
		key{"interactions", false, scalar(&b.reader, &d.Interactions, address)},
		key{"options", false, scalar(&b.reader, &d.Options, address)},
		key{"events", false, scalar(&b.reader, &d.Events, address)},
	)
}

// bot makes the app's own user known before anybody can take its name.
func (b *builder) bot() {
	id := b.world.App.BotUserID
	_ = b.members.add(named{kind: member, label: "bot", id: id}, id, b.botHandle()) // nobody is there yet
}

// botHandle is made from the app's name.
func (b *builder) botHandle() string {
	return strings.ReplaceAll(strings.ToLower(b.world.App.Name), " ", "")
}

// user reads an account in Slack into what is known of its person. Without an
// own account the value may be left empty.
func (b *builder) user(n ast.Node, what string, u *slack.User, more ...key) (found map[string]ast.Node, ok bool) {
	var guest string
	if _, empty := n.(absent); empty {
		return nil, true
	}
	found = b.mapping(n, what, append(more,
		key{"id", false, scalar(&b.reader, &u.ID, userID)},
		key{"handle", false, scalar(&b.reader, &u.Name, handleName)},
		key{"email", false, scalar(&b.reader, &u.Email, mailAddress)},
		key{"zone", false, scalar(&b.reader, &u.TimeZone, timeZone)},
		key{"locale", false, scalar(&b.reader, &u.Locale, localeName)},
		key{"guest", false, scalar(&b.reader, &guest, oneOf("multi-channel", "single-channel"))},
		key{"deactivated", false, scalar(&b.reader, &u.Deleted, flag)},
	)...)
	u.Email = strings.TrimSuffix(u.Email, "none")
	// Slack calls every guest restricted, and single-channel guests ultra so.
	u.Restricted, u.UltraRestricted = guest != "", guest == "single-channel"
	return found, found != nil
}

// join adds somebody to the workspace, under the handle and other names. The
// last of them makes the id, if it was left out.
func (b *builder) join(n ast.Node, found map[string]ast.Node, u slack.User, also ...string) {
	u.ID = cmp.Or(u.ID, derivedSlackID("U", b.world.Tenant.TenantID, member, also[len(also)-1]))
	b.name(&b.members, at(found, "id", n), named{kind: member, label: u.Name, id: u.ID}, append(also, u.ID)...)
	b.world.Slack.Users = append(b.world.Slack.Users, u)
}

// others are people in Slack who have no account in the tenant, and the bot.
func (b *builder) others() {
	b.section("slack others", func(n ast.Node) { b.sequence(n, b.other) })
	a := b.world.App
	b.world.Slack.Users = append(b.world.Slack.Users, slack.User{
		ID: a.BotUserID, Name: b.botHandle(), RealName: a.Name, Bot: true,
	})
}

func (b *builder) other(n ast.Node) {
	var u slack.User
	found, _ := b.user(n, "somebody in Slack", &u,
		key{"name", true, scalar(&b.reader, &u.RealName, anyText)},
		key{"team", false, scalar(&b.reader, &u.TeamID, teamID)},
	)
	if _, given := found["handle"]; !given && found != nil {
		b.fault(n, `somebody in Slack needs the key "handle"`)
	}
	if u.Name != "" {
		b.join(n, found, u, u.Name)
	}
}

func (b *builder) rooms() {
	b.section("slack channels", func(n ast.Node) { b.sequence(n, b.room) })
}

func (b *builder) room(n ast.Node) {
	var c slack.Channel
	found := b.mapping(n, "a channel",
		key{"name", true, scalar(&b.reader, &c.Name, channelName)},
		key{"id", false, scalar(&b.reader, &c.ID, channelID)},
		key{"members", false, list(&b.reader, &c.Members, b.members.id(member))},
		key{"private", false, scalar(&b.reader, &c.Private, flag)},
		key{"archived", false, scalar(&b.reader, &c.Archived, flag)},
		key{"shared", false, scalar(&b.reader, &c.ExtShared, flag)},
	)
	if c.Name == "" {
		return
	}
	c.ID = cmp.Or(c.ID, derivedSlackID("C", b.world.Tenant.TenantID, channel, c.Name))
	b.name(&b.channels, at(found, "name", n), named{kind: channel, label: c.Name, id: c.ID}, c.ID)
	b.world.Slack.Channels = append(b.world.Slack.Channels, c)
}
