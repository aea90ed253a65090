package world

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hoist/internal/secret"
)

// anyText takes whatever is written.
func anyText(s string) (string, error) { return s, nil }

func hidden(s string) (secret.Value, error) { return secret.New(s), nil }

func flag(s string) (bool, error) {
	if s != "true" && s != "false" {
		return false, errors.New("want true or false")
	}
	return s == "true", nil
}

func count(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, errors.New("want a number from 0")
	}
	return n, nil
}

func length(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, errors.New("want a length of time such as 20s, 90m or 8h")
	}
	return d, nil
}

// activation is the longest that an activation may last. The portal's slider
// ends at 24 hours.
func activation(s string) (time.Duration, error) {
	d, err := length(s)
	if err != nil || d == 0 || d > 24*time.Hour {
		return 0, errors.New("want a length of time such as 90m or 8h, 24h at most")
	}
	return d, nil
}

func moment(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("want a date such as 2027-01-31, or a time such as 2027-01-31T17:00:00Z")
}

// shaped takes text of a certain shape.
func shaped(form, want string) func(string) (string, error) {
	shape := regexp.MustCompile(form)
	return func(s string) (string, error) {
		if !shape.MatchString(s) {
			return "", errors.New("want " + want)
		}
		return s, nil
	}
}

// oneOf takes one of a few words.
func oneOf(words ...string) func(string) (string, error) {
	return func(s string) (string, error) {
		if !slices.Contains(words, s) {
			return "", fmt.Errorf("want %s", either(words))
		}
		return s, nil
	}
}

var (
	anyGUID     = shaped(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`, "a GUID such as 3d2b1c0a-0000-4000-8000-000000000000")
	domainName  = shaped(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`, "a domain in lower case, such as contoso.example")
	accountName = shaped(`^[A-Za-z0-9._'#+-]+(@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)?$`, "a user principal name such as ada, or ada@contoso.example")
	mailAddress = shaped(`^(none|[^@\s]+@[^@\s]+)$`, `a mail address, or "none"`)
	contextName = shaped(`^c[1-9][0-9]?$`, "an authentication context, c1 to c99")
	permission  = shaped(`^\S+$`, "a permission's name without spaces")
	localeName  = shaped(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`, "a locale such as en-GB")
	handleName  = shaped(`^[a-z0-9_-][a-z0-9._-]*$`, "a handle in lower case, without spaces or a dot in front")
	channelName = shaped(`^[a-z0-9_-]{1,80}$`, "a channel name: lower case, digits, hyphens")
	commandName = shaped(`^/[a-z0-9_-]{1,31}$`, "a slash command such as /elevate")

	userID    = shaped(`^[UW][A-Z0-9]{2,}$`, "a Slack user id such as U0ADA")
	teamID    = shaped(`^T[A-Z0-9]{2,}$`, "a Slack workspace id such as T0FJORD")
	channelID = shaped(`^[CG][A-Z0-9]{2,}$`, "a Slack channel id such as C0GENERAL")
	appID     = shaped(`^A[A-Z0-9]{2,}$`, "a Slack app id such as A0HOIST")
	botID     = shaped(`^B[A-Z0-9]{2,}$`, "a Slack bot id such as B0HOIST")
)

// guid is written in lower case, as Graph does: ids are compared as text.
func guid(s string) (string, error) {
	s, err := anyGUID(s)
	return strings.ToLower(s), err
}

func timeZone(s string) (string, error) {
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		return "", errors.New("want an IANA time zone such as Europe/Berlin")
	}
	return s, nil
}

// address is an address of this machine: a tenant without passwords sends
// nobody's code anywhere else.
func address(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.Fragment != "" || !loopback(u.Hostname()) {
		return "", errors.New("want an address on this machine, such as http://localhost:8080/path: the simulators reach no other")
	}
	return s, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
