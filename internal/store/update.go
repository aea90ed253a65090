package store

import (
	"context"
	"encoding/json"
	"fmt"

	"hoist/internal/pim"
)

// updateScript replaces a record if its revision is the expected one, and makes
// everything that is derived from it agree in the same step.
//
//	KEYS 1 record   2 due   3 watched
//	     4 live key of the right that next occupies
//	     5 live key and 6 recent key of the right that prev occupied
//	ARGV 1 id  2 previous revision  3 new revision  4 token  5 body
//	     6 due  7 watched  8 ms to keep the record, or ''
//	     9 '1' when next occupies a right
//	    10 '1' when prev occupied a right that next does not
//	    11 what the recent key says  12 recent key's ms
//	returns {'written', ''}   now, or by an earlier try of the same call
//	        {'missing', ''}
//	        {'conflict', revision}  the stored one
//	        {'taken', id}     another elevation occupies next's right
var updateScript = newScript(luaSettle + `
local id = ARGV[1]
local stored = redis.call('HMGET', KEYS[1], 'rev', 'token')
if not stored[1] then return {'missing', ''} end
if stored[1] == ARGV[3] and stored[2] == ARGV[4] then return {'written', ''} end
if stored[1] ~= ARGV[2] then return {'conflict', stored[1]} end
local by = ARGV[9] == '1' and takenBy(KEYS[4], id)
if by then return {'taken', by} end

redis.call('HSET', KEYS[1], 'rev', ARGV[3], 'token', ARGV[4], 'body', ARGV[5])
keep(KEYS[1], ARGV[8])
place(KEYS[2], id, ARGV[6])
place(KEYS[3], id, ARGV[7])
if ARGV[10] == '1' and redis.call('GET', KEYS[5]) == id then
	redis.call('DEL', KEYS[5])
	redis.call('SET', KEYS[6], ARGV[11], 'PX', ARGV[12])
end
if ARGV[9] == '1' then occupy(KEYS[4], id, ARGV[8]) end
return {'written', ''}
`)

// Update implements [pim.Records]. A call whose earlier try was applied without
// an answer succeeds, unless someone else has written since: then it is a
// conflict like any other, and the caller reads again.
func (s *Store) Update(ctx context.Context, prev, next pim.Elevation) error {
	if next.Tenant != prev.Tenant || next.ID != prev.ID || next.Revision != prev.Revision+1 {
		return fmt.Errorf("update %s: %s at revision %d does not follow revision %d", prev.ID, next.ID, next.Revision, prev.Revision)
	}
	body, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("update %s: %w", next.ID, err)
	}
	had, occupied := prev.Live()
	has, occupies := next.Live()
	freed := occupied && (!occupies || s.keys.live(had) != s.keys.live(has))
	keys := []string{
		s.keys.record(next.Tenant, next.ID),
		s.keys.due(next.Tenant),
		s.keys.watched(next.Tenant),
		s.keys.live(has),
		s.keys.live(had),
		s.keys.recent(had),
	}
	said, err := s.run(ctx, updateScript, keys,
		string(next.ID), prev.Revision, next.Revision, token(), body,
		dueScore(next), watchedScore(next), keepFor(next),
		flag(occupies), flag(freed), s.recentBy(next.ID), recentFor.Milliseconds(),
	).StringSlice()
	if err != nil {
		return fmt.Errorf("update %s: %w", next.ID, err)
	}
	return updated(next.ID, said)
}

func updated(id pim.ID, said []string) error {
	if len(said) != 2 {
		return fmt.Errorf("update %s: the store said %q", id, said)
	}
	switch said[0] {
	case "written":
		return nil
	case "missing":
		return fmt.Errorf("update %s: %w", id, pim.ErrNotFound)
	case "conflict":
		return fmt.Errorf("update %s, which is at revision %s: %w", id, said[1], pim.ErrConflict)
	case "taken":
		return fmt.Errorf("update %s: %w", id, &pim.TakenError{Holder: pim.ID(said[1])})
	default:
		return fmt.Errorf("update %s: the store said %q", id, said)
	}
}
