// Package portal is the demo's tenant panel: pages on which a visitor does to
// the simulated tenant what administrators, approvers and outages do to a real
// one. It stands for the Entra admin center and, on its first page, for bad
// weather.
//
//	/tenant         requests that wait, active assignments, activation, clock, faults
//	/tenant/people  people, groups, eligibilities
//	/tenant/roles   the policy of each role
//	/tenant/access  Conditional Access, consent, permissions, licence, delays
//	/tenant/audit   the directory audit log
//
// # Invariants
//
// The panel keeps no state of the tenant: it reads it for every page, so what
// changed over Graph shows too. Every act is a form post that ends in a
// redirect; what was done, or why not, is a sentence on the page that follows,
// never an error page. An act that is refused or badly filled in changes
// nothing. Another site's page cannot post here.
//
// # Reading order
//
// panel.go (what it needs, what it serves), act.go (from a form to a sentence),
// said.go, form.go (reading fields), name.go (naming things), show.go (from a
// view to a page); then one file per subject: requests.go, assignments.go,
// clock.go, faults.go, overview.go; people.go, groups.go, eligibilities.go;
// roles.go, policy.go; access.go, lags.go; audit.go. The templates have the
// names of the pages.
package portal
