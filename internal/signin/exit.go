package signin

import (
	"net/http"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// This file is the two ways out: stop what is active, withdraw what waits.

// exitPage is the page of a link that ends something.
func (v *visit) exitPage() {
	now, x := v.App.Clock.Now(), v.e.Exit
	switch mine := x.Purpose == v.ticket.purpose && x.Attempt == v.ticket.attempt; {
	case !v.canEnd():
		v.show(http.StatusOK, chat.OutcomePage(v.e, now))
	case x.Purpose == "":
		v.problem(http.StatusGone, chat.ProblemTooLate) // the wish ended with the state that it was for
	case !mine:
		v.problem(http.StatusGone, chat.ProblemReplaced)
	case x.Refused != "":
		v.show(http.StatusOK, chat.NotEndedPage(v.e, now))
	case now.Before(x.Until):
		v.show(http.StatusOK, chat.EndingPage(v.e, now))
	case !now.Before(x.Deadline):
		v.problem(http.StatusGone, chat.ProblemTooLate)
	case x.Browser != "" && x.Browser != v.browser():
		v.problem(http.StatusForbidden, chat.ProblemElsewhere)
	default:
		v.offer(chat.ExitPage(v.e, now))
	}
}

// canEnd reports whether there still is what the link would end.
func (v *visit) canEnd() bool {
	switch v.e.State {
	case pim.Active:
		return v.ticket.purpose == pim.PurposeStop
	case pim.AwaitingApproval, pim.Scheduled, pim.Provisioning:
		return v.ticket.purpose == pim.PurposeCancel
	default:
		return false
	}
}
