package pim

import (
	"slices"
	"time"
)

// PlaceKind says whose place it is.
type PlaceKind string

// The kinds of place.
const (
	Requester PlaceKind = "requester" // a direct message to the person who asked
	Feed      PlaceKind = "feed"      // a channel that sees every elevation
	Decider   PlaceKind = "approver"  // a direct message to someone who may decide
)

// Place is somewhere in a chat where an elevation is shown.
type Place struct {
	Kind      PlaceKind `json:"kind"`
	Platform  string    `json:"platform"`
	Workspace string    `json:"workspace"`
	// Address is a channel id for Feed, a user id for Requester.
	Address string `json:"address"`
}

// Key is the place as one string.
func (p Place) Key() string {
	return string(p.Kind) + "/" + p.Platform + "/" + p.Workspace + "/" + p.Address
}

// Ref is a platform's own reference to a posted message: opaque here, enough
// for the platform to update or delete it and to answer in its thread.
type Ref string

// Post is a card that stands in a place. Cards are level-triggered: whatever
// shows less than the record is rendered again from the newest record.
type Post struct {
	Place Place `json:"place"`
	Ref   Ref   `json:"ref,omitempty"` // empty until the platform took it
	// Shown is the view revision that the card shows.
	Shown int   `json:"shown"`
	Retry Retry `json:"retry,omitzero"`
}

// Occasion is something that people are told once, as a message of its own.
type Occasion string

// The occasions.
const (
	OccasionStarted   Occasion = "started"
	OccasionEnded     Occasion = "ended"     // Expired or EndedEarly
	OccasionOutcome   Occasion = "outcome"   // Denied, Lapsed after it was sent, Canceled elsewhere, Failed, Unresolved
	OccasionCorrected Occasion = "corrected" // Unresolved or Lapsed turned out otherwise
	OccasionEnding    Occasion = "ending"    // ten minutes are left; to the person alone
	OccasionStoppable Occasion = "stoppable" // five minutes are over; to the person alone
	OccasionLook      Occasion = "look"      // a new request waits for a look at this one; to the person alone
)

// Owed is a notice that must still be delivered. It is stored in the same write
// as the change it tells of and struck off after delivery; (elevation, occasion,
// place) is its identity, so that nothing is told twice.
type Owed struct {
	Occasion Occasion  `json:"occasion"`
	Place    Place     `json:"place"`
	At       time.Time `json:"at"` // when it happened
	Retry    Retry     `json:"retry,omitzero"`
}

// Retry is when and how often a delivery was tried in vain.
type Retry struct {
	Tries int       `json:"tries,omitempty"`
	After time.Time `json:"after,omitzero"`
	// Dead: the place will never take it (channel deleted, person left).
	Dead bool `json:"dead,omitempty"`
}

func (r Retry) ready(now time.Time) bool { return !r.Dead && !now.Before(r.After) }

// GiveUpAfter is how long after an elevation ended its cards and notices are
// still tried; then the operator is alarmed.
const GiveUpAfter = 24 * time.Hour

// failed returns the next retry: doubling from two seconds to five minutes, or
// what the platform asked for when that is longer.
func (r Retry) failed(now time.Time, atLeast time.Duration) Retry {
	wait := min(2*time.Second<<min(r.Tries, 10), 5*time.Minute)
	return Retry{Tries: r.Tries + 1, After: now.Add(max(wait, atLeast))}
}

// cards returns the indexes of the posts of a kind.
func (e Elevation) cards(k PlaceKind) []int {
	var at []int
	for i, p := range e.Posts {
		if p.Place.Kind == k {
			at = append(at, i)
		}
	}
	return at
}

// owe adds a notice for every place that shows the elevation, once for each
// occasion.
func (e *Elevation) owe(o Occasion, at time.Time) {
	if slices.Contains(e.Told, o) {
		return
	}
	e.Told = append(e.Told, o)
	for _, p := range e.Posts {
		if !p.Place.hears(o) {
			continue
		}
		e.Owed = append(e.Owed, Owed{Occasion: o, Place: p.Place, At: at})
	}
}

// showTo adds places that show a card from now on.
func (e *Elevation) showTo(places []Place) {
	for _, p := range places {
		if !slices.ContainsFunc(e.Posts, func(q Post) bool { return q.Place == p }) {
			e.Posts = append(e.Posts, Post{Place: p})
		}
	}
}

// hears reports whether an occasion is told at a place. Approvers have their
// card, which changes; they are told nothing further.
func (p Place) hears(o Occasion) bool {
	switch p.Kind {
	case Requester:
		return true
	case Feed:
		return o != OccasionEnding && o != OccasionStoppable && o != OccasionLook
	default:
		return false
	}
}
