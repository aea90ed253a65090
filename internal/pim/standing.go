package pim

import "strings"

// standing is what a status string of PIM's means for us.
type standing int

const (
	unheardOf standing = iota
	inForce
	granted
	waiting
	underway
	ended
	refused
	canceled
	timedOut
	dead
)

// standingOf sorts PIM's status strings. They are an open set: Graph documents
// eleven (https://learn.microsoft.com/graph/api/resources/request), Azure's
// twin API has eleven more, and case varies. An unheard-of one changes nothing.
func standingOf(status string) standing {
	switch s := strings.ToLower(status); s {
	case "provisioned":
		return inForce
	case "granted", "schedulecreated":
		return granted
	case "pendingapproval", "pendingadmindecision":
		return waiting
	case "provisioningstarted", "accepted", "adminapproved":
		return underway
	case "revoked":
		return ended
	case "denied", "admindenied":
		return refused
	case "canceled":
		return canceled
	case "timedout":
		return timedOut
	case "failed", "failedasresourceislocked", "invalid":
		return dead
	default:
		if strings.HasPrefix(s, "pending") {
			return underway
		}
		return unheardOf
	}
}

// KnownStatus reports whether PIM's status string is one whose meaning is
// known. Callers log the others.
func KnownStatus(status string) bool { return standingOf(status) != unheardOf }
