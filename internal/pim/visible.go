package pim

import (
	"slices"
	"time"
)

// visible is what a card may show. Cards follow View, so what is not in here
// does not reach a card.
func (e Elevation) visible() any {
	return struct {
		State       State
		Cause       Cause
		Deadline    time.Time
		Refusals    []Refusal
		Options     []Eligibility
		Principal   Principal
		Eligibility Eligibility
		Terms       Terms
		Attempt     int
		Purpose     Purpose
		LookFirst   bool
		Challenged  bool
		Start, End  time.Time
		Ended       time.Time
		StillListed bool
		Decision    Decision
		Corrected   bool
		Exit        Exit
		Asked       []Asked
		Intents     []Intent
	}{
		e.State, e.Cause, e.Deadline.Truncate(time.Minute), e.Refusals, e.Options, e.Principal, e.Eligibility, e.Terms,
		e.SignIn.Attempt, e.SignIn.Purpose, e.SignIn.LookFirst, e.SignIn.Challenged,
		e.Activation.Start, e.Activation.End, e.Activation.Ended, e.Sight.StillListed, e.Decision, e.Corrected,
		e.Exit.shown(), e.Asked, e.Intents,
	}
}

// clone copies what apply may write to.
func (e Elevation) clone() Elevation {
	e.Refusals = slices.Clone(e.Refusals)
	e.Options = slices.Clone(e.Options)
	e.Posts = slices.Clone(e.Posts)
	e.Owed = slices.Clone(e.Owed)
	e.Told = slices.Clone(e.Told)
	e.Asked = slices.Clone(e.Asked)
	e.Intents = slices.Clone(e.Intents)
	return e
}

// shown is the part of a way out that a card shows.
func (x Exit) shown() Exit {
	return Exit{Purpose: x.Purpose, Attempt: x.Attempt, Refused: x.Refused, Deadline: x.Deadline.Truncate(time.Minute), Until: x.Until}
}
