package portal

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hoist/internal/sim/tenant"
)

// maxText bounds what is typed. PIM's own limit is not documented.
const maxText = 500

// text reads a typed field.
func text(r *http.Request, name, label string) (string, error) {
	typed := strings.TrimSpace(r.PostFormValue(name))
	if utf8.RuneCountInString(typed) > maxText {
		return "", mistake(fmt.Sprintf("%s: at most %d characters.", label, maxText))
	}
	return typed, nil
}

// span reads a number of units between two bounds, fractions allowed.
func span(r *http.Request, name, label string, unit, least, most time.Duration) (time.Duration, error) {
	typed := strings.TrimSpace(r.PostFormValue(name))
	n, err := strconv.ParseFloat(strings.Replace(typed, ",", ".", 1), 64)
	low, high := float64(least)/float64(unit), float64(most)/float64(unit)
	if err != nil || !(n >= low && n <= high) { // so that NaN is in no range
		return 0, mistake(fmt.Sprintf("%s: enter a number of %s from %s to %s.", label, unitNames[unit], number(low), number(high)))
	}
	return time.Duration(n * float64(unit)).Round(time.Millisecond), nil
}

var unitNames = map[time.Duration]string{time.Second: "seconds", time.Minute: "minutes", time.Hour: "hours", day: "days"}

func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// hours writes a duration as the number a form takes.
func hours(d time.Duration) string { return number(d.Hours()) }

// flag reads "true" or "false"; anything else is a form that this panel did not
// make.
func flag(r *http.Request, name string) (bool, error) {
	switch r.PostFormValue(name) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, mistake("Say whether to turn it on or off.")
}

func (p *Panel) person(r *http.Request, name string) (tenant.Person, error) {
	if who, ok := p.cfg.Tenant.Person(r.PostFormValue(name)); ok {
		return who, nil
	}
	return tenant.Person{}, mistake("Choose a person of this tenant.")
}

func (p *Panel) role(r *http.Request, name string) (tenant.Role, error) {
	if role, ok := p.cfg.Tenant.Role(r.PostFormValue(name)); ok {
		return role, nil
	}
	return tenant.Role{}, mistake("Choose a role of this tenant.")
}

func (p *Panel) scope(r *http.Request, name string) (string, error) {
	scope := r.PostFormValue(name)
	if scope == tenant.TenantScope {
		return scope, nil
	}
	for _, u := range p.cfg.Tenant.Units() {
		if u.Scope() == scope {
			return scope, nil
		}
	}
	return "", mistake("Choose a scope of this tenant.")
}
