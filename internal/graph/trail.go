package graph

import (
	"context"
	"slices"
	"strings"
	"time"

	"hoist/internal/pim"
)

// The audit log gives five answers in ten seconds to an application, so a look
// is bounded to what one such window gives. See
// https://learn.microsoft.com/graph/throttling-limits#identity-and-access-reports-service-limits.
const (
	trailPage     = 999
	maxTrailPages = 5
)

// Since returns what PIM recorded of activations of directory roles from a time
// on, oldest first. Rows arrive minutes late and out of order: whoever follows
// the log asks again for a time that was asked for already. Of more than some
// five thousand rows the newest are returned. It gives way to people's requests
// when the tenant is throttled.
//
// KindForbidden or KindConsentMissing when the application lacks
// AuditLog.Read.All, else KindThrottled or KindUnavailable. See
// https://learn.microsoft.com/graph/api/directoryaudit-list.
func (c *Client) Since(ctx context.Context, from time.Time) ([]pim.TrailEntry, error) {
	w, err := c.asApp(ctx, false)
	if err != nil {
		return nil, err
	}
	var trail []pim.TrailEntry
	seen := map[string]bool{}
	pages := 0
	// Filters compare whole seconds; rows before the fraction are left out below.
	filter := "loggedByService eq 'PIM' and activityDateTime ge " + from.UTC().Format("2006-01-02T15:04:05Z")
	err = fetchList(ctx, c, w, "{+baseurl}/auditLogs/directoryAudits{?%24filter,%24top}", nil,
		map[string]any{"%24filter": filter, "%24top": trailPage},
		func(p *rows[auditRow]) {
			for _, row := range p.Value {
				entry, ok := c.entry(row)
				if ok && !seen[row.ID] && !entry.At.Before(from) {
					seen[row.ID] = true
					trail = append(trail, entry)
				}
			}
			if pages++; pages == maxTrailPages && p.Next != "" {
				c.log.WarnContext(ctx, "the audit log has more rows than are read", "pages", pages)
				p.Next = ""
			}
		})
	if err != nil {
		return nil, err
	}
	slices.Reverse(trail) // the log's own order is newest first
	slices.SortStableFunc(trail, func(a, b pim.TrailEntry) int { return a.At.Compare(b.At) })
	return trail, nil
}

// activities are the names of the rows that are understood, in lower case. Each
// step of an activation has rows of its own; those that ask ("requested") tell
// nothing that the others do not. See
// https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities#privileged-identity-management.
var activities = map[string]pim.TrailEvent{
	"add member to role request approved (pim activation)": pim.TrailApproved,
	"add member to role request denied (pim activation)":   pim.TrailDenied,
	"add member to role canceled (pim activation)":         pim.TrailCanceled,
	"pim activation request expired":                       pim.TrailLapsed,
	"add member to role completed (pim activation)":        pim.TrailActivated,
	"remove member from role completed (pim deactivate)":   pim.TrailDeactivated,
	"remove member from role (pim activation expired)":     pim.TrailExpired,
	// An administrator took away a role that was held for a time: an activation,
	// or an assignment, which the right tells.
	"remove member from role in pim completed (timebound)": pim.TrailDeactivated,
}

// auditRow is what is read of a directoryAudit. The objects it concerns are in
// no promised order, and told by their type.
type auditRow struct {
	ID          string    `json:"id"`
	Activity    string    `json:"activityDisplayName"`
	At          time.Time `json:"activityDateTime"`
	Category    string    `json:"category"`
	Result      string    `json:"result"`
	Reason      string    `json:"resultReason"`
	InitiatedBy struct {
		User account `json:"user"`
		App  struct {
			DisplayName string `json:"displayName"`
		} `json:"app"`
	} `json:"initiatedBy"`
	Targets []struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	} `json:"targetResources"`
	Details []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	} `json:"additionalDetails"`
}

// entry maps a row; ok is false for what does not concern activations of
// directory roles. The same names are used for groups and Azure resources,
// under other categories; and a refused attempt has the name of a made one, with
// another result.
func (c *Client) entry(row auditRow) (e pim.TrailEntry, ok bool) {
	happened, ok := activities[strings.ToLower(strings.TrimSpace(row.Activity))]
	if !ok || !strings.EqualFold(row.Category, "RoleManagement") {
		return e, false
	}
	if strings.EqualFold(row.Result, "failure") && happened != pim.TrailDenied && happened != pim.TrailLapsed {
		return e, false
	}
	e = pim.TrailEntry{
		ID: row.ID, At: row.At.UTC(), Happened: happened,
		// Not sure: that this is the id of the roleAssignmentScheduleRequest. It
		// is documented nowhere, and the row of a deactivation is reported to
		// carry the activation's. Match by the right when it matches nothing.
		RequestID: row.detail("RoleAssignmentRequestId"),
		TargetID:  strings.ToLower(row.target("Role")),
		ScopeID:   row.scope(),
		By:        c.initiator(row),
		Reason:    row.Reason,
	}
	if id := row.target("User"); id != "" {
		e.Principal = pim.NewPrincipalKey(string(c.tenant), id)
	}
	return e, e.RequestID != "" || !e.Principal.IsZero()
}

// initiator is who did it. PIM itself, which ends what is over, is nobody;
// another application has a name and no account.
func (c *Client) initiator(row auditRow) pim.Principal {
	switch user, app := row.InitiatedBy.User, row.InitiatedBy.App.DisplayName; {
	case user.ID != "":
		return c.principal(user)
	case strings.EqualFold(app, "Azure AD PIM"), strings.EqualFold(app, "MS-PIM"):
		return pim.Principal{}
	default:
		return pim.Principal{Name: app}
	}
}

// scope is where the role counts, "" when the row does not say. The tenant is
// named as a target of every row, so that alone says nothing.
func (row auditRow) scope() string {
	if s := row.detail("DirectoryScopeId"); s != "" {
		return s
	}
	if id := row.target("AdministrativeUnit"); id != "" {
		return unitPrefix + id
	}
	return ""
}

func (row auditRow) target(typ string) string {
	for _, t := range row.Targets {
		if strings.EqualFold(t.Type, typ) {
			return t.ID
		}
	}
	return ""
}

func (row auditRow) detail(key string) string {
	for _, d := range row.Details {
		if strings.EqualFold(d.Key, key) {
			return d.Value
		}
	}
	return ""
}
