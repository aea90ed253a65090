package graph

import (
	"encoding/json"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"hoist/internal/pim"
)

// rawRequest is what the SDK's model of a request loses: the seconds of a
// duration, and an action in another case than the metadata's, which Graph's
// own samples show ("SelfActivate").
type rawRequest struct {
	ID           string `json:"id"`
	Action       string `json:"action"`
	ScheduleInfo struct {
		Expiration struct {
			Duration string `json:"duration"`
		} `json:"expiration"`
	} `json:"scheduleInfo"`
}

// rawRequests reads a list of requests again, by id.
func rawRequests(body []byte) map[string]rawRequest {
	var list struct {
		Value []rawRequest `json:"value"`
	}
	_ = json.Unmarshal(body, &list) // the SDK has parsed it already
	byID := make(map[string]rawRequest, len(list.Value))
	for _, r := range list.Value {
		byID[r.ID] = r
	}
	return byID
}

// activation maps a request to what PIM knows of it. Start and end stay zero
// while PIM names no start, as for a request that waits for an approver: its
// time begins with the approval. completedDateTime is not read, because Graph
// fills it for pending requests too.
func activation(r models.UnifiedRoleAssignmentScheduleRequestable, raw rawRequest) pim.Activation {
	a := pim.Activation{
		RequestID:  value(r.GetId()),
		ScheduleID: value(r.GetTargetScheduleId()),
		Status:     value(r.GetStatus()),
		Submitted:  value(r.GetCreatedDateTime()).UTC(),
	}
	schedule := r.GetScheduleInfo()
	if schedule == nil || schedule.GetStartDateTime() == nil {
		return a
	}
	a.Start = schedule.GetStartDateTime().UTC()
	a.End = end(a.Start, schedule.GetExpiration(), raw)
	return a
}

// end computes an absolute end, zero when PIM names none.
func end(start time.Time, e models.ExpirationPatternable, raw rawRequest) time.Time {
	if e == nil {
		return time.Time{}
	}
	if at := e.GetEndDateTime(); at != nil {
		return at.UTC()
	}
	if d, ok := parseDuration(raw.ScheduleInfo.Expiration.Duration); ok {
		return start.Add(d)
	}
	return time.Time{}
}

// lasting is for how long a role is asked for, zero when PIM does not say.
func lasting(schedule models.RequestScheduleable, raw rawRequest) time.Duration {
	if d, ok := parseDuration(raw.ScheduleInfo.Expiration.Duration); ok {
		return d
	}
	if schedule == nil || schedule.GetStartDateTime() == nil {
		return 0
	}
	start := schedule.GetStartDateTime().UTC()
	if until := end(start, schedule.GetExpiration(), raw); until.After(start) {
		return until.Sub(start)
	}
	return 0
}
