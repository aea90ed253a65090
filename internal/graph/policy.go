package graph

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/policies"

	"hoist/internal/graph/refusal"
	"hoist/internal/pim"
)

// The rules that govern activation by an end user. A policy has some thirteen
// more, about administrators and mails, and new ones appear without notice;
// they are skipped. See
// https://learn.microsoft.com/graph/identity-governance-pim-rules-overview.
const (
	expirationRule            = "Expiration_EndUser_Assignment"
	enablementRule            = "Enablement_EndUser_Assignment"
	approvalRule              = "Approval_EndUser_Assignment"
	authenticationContextRule = "AuthenticationContext_EndUser_Assignment"
)

// What an enablement rule may ask for.
const (
	enablesMFA           = "MultiFactorAuthentication"
	enablesJustification = "Justification"
	enablesTicketing     = "Ticketing"
)

// Policy returns the activation policy of a role. The answer may be a quarter
// of an hour old, unless PIM refused an activation of the role since. The scope
// makes no difference to a directory role: its one policy is assigned at the
// tenant and holds in administrative units too.
//
// KindNotFound when the role has no policy, KindBadRequest for a target that is
// not a directory role, KindConsentMissing when the application lacks
// RoleManagementPolicy.Read.Directory, KindLicense without Entra ID P2, else
// KindThrottled or KindUnavailable. See
// https://learn.microsoft.com/graph/api/policyroot-list-rolemanagementpolicyassignments.
func (c *Client) Policy(ctx context.Context, t pim.Target, _ pim.Scope) (pim.Policy, error) {
	if t.Kind != pim.DirectoryRole {
		return pim.Policy{}, &pim.Error{Kind: pim.KindBadRequest, Message: "only directory roles have a policy here"}
	}
	if p, ok := c.policies.get(t.ID); ok {
		return clonePolicy(p), nil
	}
	w, err := c.asApp(ctx, true)
	if err != nil {
		return pim.Policy{}, err
	}
	p, err := c.readPolicy(ctx, w, t.ID)
	if err != nil {
		return pim.Policy{}, err
	}
	c.policies.put(t.ID, p)
	return clonePolicy(p), nil
}

func clonePolicy(p pim.Policy) pim.Policy {
	p.Approval.Approvers = append([]pim.Approver(nil), p.Approval.Approvers...)
	return p
}

func (c *Client) readPolicy(ctx context.Context, w caller, role string) (pim.Policy, error) {
	list, x, err := read(ctx, w, func(k call) (models.UnifiedRoleManagementPolicyAssignmentCollectionResponseable, error) {
		filter := "scopeId eq '/' and scopeType eq 'DirectoryRole' and roleDefinitionId eq " + quote(role)
		return c.policyRoot().RoleManagementPolicyAssignments().Get(ctx, &policies.RoleManagementPolicyAssignmentsRequestBuilderGetRequestConfiguration{
			Headers: k.Headers, Options: k.Options,
			QueryParameters: &policies.RoleManagementPolicyAssignmentsRequestBuilderGetQueryParameters{
				Filter: &filter, Expand: expanded["unifiedRoleManagementPolicyAssignment"],
			},
		})
	})
	if err != nil {
		return pim.Policy{}, err
	}
	for _, assigned := range list.GetValue() {
		if policy := assigned.GetPolicy(); policy != nil {
			return c.policy(ctx, policy, maximumDurations(x.body)), nil
		}
	}
	return pim.Policy{}, &pim.Error{Kind: pim.KindNotFound, Message: "the role has no policy", RequestID: refusal.RequestID(x.header)}
}

// policy maps the rules that are known. maximum holds the durations as Graph
// wrote them, by policy and rule.
func (c *Client) policy(ctx context.Context, from models.UnifiedRoleManagementPolicyable, maximum map[string]string) pim.Policy {
	p := pim.Policy{ID: value(from.GetId())}
	for _, rule := range from.GetRules() {
		id := value(rule.GetId())
		switch r := rule.(type) {
		case models.UnifiedRoleManagementPolicyExpirationRuleable:
			if id == expirationRule {
				p.Expiration = pim.ExpirationRule{
					Required: value(r.GetIsExpirationRequired()),
					Maximum:  c.maximum(ctx, maximum[p.ID+" "+id]),
				}
			}
		case models.UnifiedRoleManagementPolicyEnablementRuleable:
			if id == enablementRule {
				p.Enablement = enablement(r.GetEnabledRules())
			}
		case models.UnifiedRoleManagementPolicyApprovalRuleable:
			if id == approvalRule {
				p.Approval = approval(r.GetSetting())
			}
		case models.UnifiedRoleManagementPolicyAuthenticationContextRuleable:
			if id == authenticationContextRule {
				p.Authentication = pim.AuthenticationContextRule{Enabled: value(r.GetIsEnabled()), Value: value(r.GetClaimValue())}
			}
		}
	}
	return p
}

// maximum reads the longest activation. One that cannot be read counts as none:
// PIM still judges the request.
func (c *Client) maximum(ctx context.Context, s string) time.Duration {
	d, ok := parseDuration(s)
	if !ok && s != "" {
		c.log.WarnContext(ctx, "a policy's maximum duration cannot be read", "duration", s)
	}
	return d
}

func enablement(enabled []string) (r pim.EnablementRule) {
	for _, what := range enabled {
		switch {
		case strings.EqualFold(what, enablesMFA):
			r.MFA = true
		case strings.EqualFold(what, enablesJustification):
			r.Justification = true
		case strings.EqualFold(what, enablesTicketing):
			r.Ticketing = true
		}
	}
	return r
}

// approval maps the setting and names its approvers, each once. PIM has one
// stage and no escalation; the reason that an approver owes is the first's.
func approval(s models.ApprovalSettingsable) (r pim.ApprovalRule) {
	if s == nil {
		return r
	}
	r.Required = value(s.GetIsApprovalRequired())
	seen := map[string]bool{}
	for i, stage := range s.GetApprovalStages() {
		if i == 0 {
			r.JustificationRequired = value(stage.GetIsApproverJustificationRequired())
		}
		for _, set := range stage.GetPrimaryApprovers() {
			if a := approver(set); a.ID != "" && !seen[a.ID] {
				seen[a.ID] = true
				r.Approvers = append(r.Approvers, a)
			}
		}
	}
	return r
}

// approver maps a user or a group. Other sets, such as a requester's manager,
// belong to entitlement management and name nobody here.
func approver(set models.SubjectSetable) pim.Approver {
	switch s := set.(type) {
	case models.SingleUserable:
		return pim.Approver{ID: strings.ToLower(value(s.GetUserId())), Name: value(s.GetDescription())}
	case models.GroupMembersable:
		return pim.Approver{ID: strings.ToLower(value(s.GetGroupId())), Name: value(s.GetDescription()), Group: true}
	default:
		return pim.Approver{}
	}
}

// maximumDurations reads the raw durations of a list of policy assignments, by
// policy id and rule id.
func maximumDurations(body []byte) map[string]string {
	var list struct {
		Value []struct {
			Policy struct {
				ID    string `json:"id"`
				Rules []struct {
					ID              string `json:"id"`
					MaximumDuration string `json:"maximumDuration"`
				} `json:"rules"`
			} `json:"policy"`
		} `json:"value"`
	}
	_ = json.Unmarshal(body, &list) // the SDK has parsed it already
	raw := map[string]string{}
	for _, assigned := range list.Value {
		for _, rule := range assigned.Policy.Rules {
			raw[assigned.Policy.ID+" "+rule.ID] = rule.MaximumDuration
		}
	}
	return raw
}
