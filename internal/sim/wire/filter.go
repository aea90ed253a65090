package wire

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// filter chooses what a list shows; it is what stands in the page's address.
type filter struct {
	Service, Step, Elevation, Path string
	// Calm leaves out what happens every minute whether anybody asks or not.
	Calm bool
	// Before is where an older page begins; zero is the newest.
	Before int
}

func readFilter(q url.Values) filter {
	before, _ := strconv.Atoi(q.Get("before"))
	return filter{
		Service: q.Get("service"), Step: q.Get("step"), Elevation: strings.ToUpper(strings.TrimSpace(q.Get("elevation"))),
		Path: strings.TrimSpace(q.Get("path")), Calm: q.Get("calm") != "", Before: max(before, 0),
	}
}

// Query is the filter as it stands in addresses, with its question mark.
func (f filter) Query() string {
	q := url.Values{}
	for name, value := range map[string]string{"service": f.Service, "step": f.Step, "elevation": f.Elevation, "path": f.Path} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Calm {
		q.Set("calm", "1")
	}
	if f.Before > 0 {
		q.Set("before", strconv.Itoa(f.Before))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// from is the filter for a page that begins elsewhere.
func (f filter) from(before int) filter {
	f.Before = before
	return f
}

// Toggled hides what happens every minute, or shows it again.
func (f filter) Toggled() filter {
	f.Calm = !f.Calm
	return f.from(0)
}

// Narrow reports whether anything is left out.
func (f filter) Narrow() bool { return f.from(0) != filter{} }

func (f filter) shows(e Exchange) bool {
	return (f.Service == "" || f.Service == e.Service) &&
		(f.Step == "" || f.Step == e.Step.Name) &&
		(f.Elevation == "" || f.Elevation == e.Elevation) &&
		(!f.Calm || e.Step.Name != observe && e.Step.Name != appToken) &&
		strings.Contains(strings.ToLower(e.Path), strings.ToLower(f.Path))
}

// choose returns what the filter shows, newest first.
func (f filter) choose(all []Exchange) []Exchange {
	var chosen []Exchange
	for _, e := range slices.Backward(all) {
		if f.shows(e) {
			chosen = append(chosen, e)
		}
	}
	return chosen
}

// elevations lists the references in a list, newest first.
func elevations(all []Exchange) []string {
	var found []string
	for _, e := range slices.Backward(all) {
		if e.Elevation != "" && !slices.Contains(found, e.Elevation) {
			found = append(found, e.Elevation)
		}
	}
	return found
}
