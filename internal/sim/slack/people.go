package slack

import (
	"maps"
	"strings"
	"time"
)

// zone returns a person's time zone; one that the machine does not know is UTC.
func (u *User) zone() *time.Location {
	loc, err := time.LoadLocation(u.TimeZone)
	if err != nil {
		return time.UTC
	}
	return loc
}

func (u *User) locale() string {
	if u.Locale == "" {
		return "en-US"
	}
	return u.Locale
}

// displayName is what a mention of the person shows.
func (u *User) displayName() string {
	if u.RealName != "" {
		return u.RealName
	}
	return u.Name
}

// usersInfo implements users.info.
func (s *Slack) usersInfo(req *request) (object, *problem) {
	u := s.users[req.str("user")]
	if u == nil {
		return nil, refuse("user_not_found")
	}
	return object{"user": s.userObject(u, req.truth("include_locale"))}, nil
}

// lookupByEmail implements users.lookupByEmail. It finds neither deactivated
// people nor those of another organisation.
func (s *Slack) lookupByEmail(req *request) (object, *problem) {
	for _, u := range s.users {
		if u.Email != "" && strings.EqualFold(u.Email, req.str("email")) && !u.Deleted && !s.stranger(u) {
			return object{"user": s.userObject(u, false)}, nil
		}
	}
	return nil, refuse("users_not_found")
}

// userObject is the user as the API shows it. The address is left out without
// the scope users:read.email and for people of other organisations.
func (s *Slack) userObject(u *User, locale bool) object {
	given, family, _ := strings.Cut(u.RealName, " ")
	profile := object{
		"real_name": u.RealName, "real_name_normalized": u.RealName,
		"display_name": u.Name, "display_name_normalized": u.Name,
		"first_name": given, "last_name": family, "team": u.TeamID,
	}
	if s.hasScope("users:read.email") && !s.stranger(u) && !u.Bot {
		profile["email"] = u.Email
	}
	o := object{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "deleted": u.Deleted, "profile": profile,
		"is_bot": u.Bot, "is_app_user": false, "updated": s.now().Unix(),
	}
	if u.Deleted {
		return o // Slack leaves out zone, locale and roles of deactivated people
	}
	zone := u.zone()
	label, offset := s.now().In(zone).Zone()
	more := object{
		"real_name": u.RealName, "tz": zone.String(), "tz_label": label, "tz_offset": offset,
		"is_admin": false, "is_owner": false, "is_primary_owner": false,
		"is_restricted": u.Restricted || u.UltraRestricted, "is_ultra_restricted": u.UltraRestricted,
		"is_email_confirmed": true,
	}
	if s.stranger(u) {
		more["is_stranger"] = !s.shared(u.ID)
	}
	if locale {
		more["locale"] = u.locale()
	}
	maps.Copy(o, more)
	return o
}

// shared reports whether a person of another organisation shares a channel with
// the app.
func (s *Slack) shared(user string) bool {
	for _, r := range s.rooms {
		if r.holds(user) && r.holds(s.cfg.App.BotUserID) {
			return true
		}
	}
	return false
}
