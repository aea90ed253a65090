package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"hoist/internal/pim"
)

// acceptScript is the door. It reads everything first and then writes: a server
// that is out of memory refuses the first write, and with it the whole.
//
// The buckets are those of the generic cell rate algorithm: a key holds the time
// at which its bucket is empty again. A bucket lets a minute's worth through at
// once and then one at a time.
//
//	KEYS 1 repeat   2 person's bucket   3 workspace's bucket
//	     and with a record
//	     4 record   5 person's index    6 due   7 watched
//	     8 leases   9 holders          10 live
//	ARGV 1 token    2 repeat's ms       3 person's and 4 workspace's commands a minute
//	     and with a record
//	     5 id       6 body   7 revision   8 created   9 due   10 watched
//	    11 ms to keep the record, or ''
//	    12 '1' when it occupies a right
//	    13 holder  14 lease's µs
//	    15 index's ms  16 created before which entries leave the index
//	returns {'recorded', id}  written now, or by an earlier try of the same call
//	        {'repeat', id}    seen before; what it recorded, or ''
//	        {'wait', µs}      a bucket is full; nothing was written
//	        {'taken', id}     another elevation occupies the right; nothing was written
//	        {'exists', id}    the id is in use; nothing was written
var acceptScript = newScript(luaClock + luaLease + luaSettle + `
local id = ARGV[5] or ''
local seen = redis.call('GET', KEYS[1])
if seen then
	local by, what = string.match(seen, '^(%S+) (.*)$')
	if by == ARGV[1] then return {'recorded', what} end
	return {'repeat', what}
end

local now = clock()
local function bucket(key, perMinute)
	local step = 60000000 / tonumber(perMinute)
	local empty = tonumber(redis.call('GET', key) or '0')
	if empty < now then empty = now end
	if empty > now + 60000000 then empty = now + 60000000 end -- the clock went back
	return empty + step, empty + step - 60000000 - now
end
local person, personWait = bucket(KEYS[2], ARGV[3])
local workspace, workspaceWait = bucket(KEYS[3], ARGV[4])
local wait = math.max(personWait, workspaceWait)
if wait > 0 then return {'wait', whole(math.ceil(wait))} end

if id ~= '' then
	if redis.call('EXISTS', KEYS[4]) == 1 then return {'exists', id} end
	local by = ARGV[12] == '1' and takenBy(KEYS[10], id)
	if by then return {'taken', by} end
end

redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. id, 'PX', ARGV[2])
redis.call('SET', KEYS[2], whole(person), 'PX', whole(math.ceil((person - now) / 1000)))
redis.call('SET', KEYS[3], whole(workspace), 'PX', whole(math.ceil((workspace - now) / 1000)))
if id ~= '' then
	redis.call('HSET', KEYS[4], 'rev', ARGV[7], 'token', ARGV[1], 'body', ARGV[6])
	keep(KEYS[4], ARGV[11])
	redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', ARGV[16])
	redis.call('ZADD', KEYS[5], ARGV[8], id)
	redis.call('PEXPIRE', KEYS[5], ARGV[15])
	place(KEYS[6], id, ARGV[9])
	place(KEYS[7], id, ARGV[10])
	if ARGV[12] == '1' then occupy(KEYS[10], id, ARGV[11]) end
	lease(KEYS[8], KEYS[9], id, ARGV[13], now + tonumber(ARGV[14]))
end
return {'recorded', id}
`)

// Accept implements [pim.Records]. It also refuses, with an error that wraps
// [pim.ErrConflict], an id that is in use: the caller draws another.
func (s *Store) Accept(ctx context.Context, a pim.Admission, first *pim.Elevation) (pim.Admitted, error) {
	if a.Key == "" || a.Token == "" {
		return pim.Admitted{}, fmt.Errorf("accept a command: it has no key or no token")
	}
	keys := []string{
		s.keys.repeat(a.Tenant, a.Key),
		s.keys.personBucket(a.Tenant, a.Person),
		s.keys.workspaceBucket(a.Tenant, a.Person),
	}
	args := []any{path(a.Token), repeatFor.Milliseconds(), s.cfg.PersonPerMinute, s.cfg.WorkspacePerMinute}
	if first != nil {
		if first.Tenant != a.Tenant {
			return pim.Admitted{}, fmt.Errorf("accept %s: it is another tenant's", first.ID)
		}
		more, values, err := s.firstRecord(a, *first)
		if err != nil {
			return pim.Admitted{}, err
		}
		keys, args = append(keys, more...), append(args, values...)
	}
	said, err := s.run(ctx, acceptScript, keys, args...).StringSlice()
	if err != nil {
		return pim.Admitted{}, fmt.Errorf("accept a command: %w", err)
	}
	return admitted(said)
}

// firstRecord returns the keys and arguments that acceptScript wants besides.
func (s *Store) firstRecord(a pim.Admission, e pim.Elevation) ([]string, []any, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, nil, fmt.Errorf("accept %s: %w", e.ID, err)
	}
	right, occupies := e.Live()
	keys := []string{
		s.keys.record(e.Tenant, e.ID),
		s.keys.person(e.Tenant, e.Person),
		s.keys.due(e.Tenant),
		s.keys.watched(e.Tenant),
		s.keys.leases(e.Tenant),
		s.keys.holders(e.Tenant),
		s.keys.live(right),
	}
	return keys, []any{
		string(e.ID), body, e.Revision, micros(e.Created), dueScore(e), watchedScore(e), keepFor(e), flag(occupies),
		a.Holder, s.cfg.LeaseFor.Microseconds(), personFor.Milliseconds(), micros(e.Created.Add(-personFor)),
	}, nil
}

// admitted reads the door's answer.
func admitted(said []string) (pim.Admitted, error) {
	if len(said) != 2 {
		return pim.Admitted{}, fmt.Errorf("accept a command: the store said %q", said)
	}
	switch word, what := said[0], said[1]; word {
	case "recorded":
		return pim.Admitted{ID: pim.ID(what)}, nil
	case "repeat":
		return pim.Admitted{Repeat: true, ID: pim.ID(what)}, nil
	case "wait":
		n, err := strconv.ParseInt(what, 10, 64)
		if err != nil {
			return pim.Admitted{}, fmt.Errorf("accept a command: %w", err)
		}
		return pim.Admitted{Wait: time.Duration(n) * time.Microsecond}, nil
	case "taken":
		return pim.Admitted{}, fmt.Errorf("accept a command: %w", &pim.TakenError{Holder: pim.ID(what)})
	case "exists":
		return pim.Admitted{}, fmt.Errorf("accept %s: the id is in use: %w", what, pim.ErrConflict)
	default:
		return pim.Admitted{}, fmt.Errorf("accept a command: the store said %q", said)
	}
}

// dueScore is a record's place in the due set, "" for none.
func dueScore(e pim.Elevation) string {
	if at, ok := e.Due(); ok {
		return strconv.FormatInt(micros(at), 10)
	}
	return ""
}

// watchedScore is a record's place in the watched set, "" for none.
func watchedScore(e pim.Elevation) string {
	if until := e.WatchedUntil(); !until.IsZero() {
		return strconv.FormatInt(micros(until), 10)
	}
	return ""
}

// keepFor is how long a record is kept, in milliseconds, "" for without end:
// an open one is a promise, and so is what is still due on an ended one.
func keepFor(e pim.Elevation) string {
	if _, due := e.Due(); due || e.State.Open() {
		return ""
	}
	return strconv.FormatInt(recordFor.Milliseconds(), 10)
}

func flag(yes bool) string {
	if yes {
		return "1"
	}
	return ""
}
