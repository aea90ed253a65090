package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"hoist/internal/pim"
)

// dueScript hands out what is due. It walks the due set in pages until it has
// enough that nobody holds, so that work in other hands never hides work that
// waits behind it. An entry whose record is lost, as after an eviction or half a
// restore, leaves the set: it would be due for ever, and nobody could do it. Ids
// that are not spelt in their key as they are cannot be judged so, and stay.
//
//	KEYS 1 due   2 leases   3 holders
//	ARGV 1 now by the domain clock   2 holder   3 limit   4 lease's µs
//	     5 what the keys of records begin with; they are of the same shard
//	returns ids, soonest first, now leased to the holder
var dueScript = newScript(luaClock + luaLease + `
local now, limit, from, found = clock(), tonumber(ARGV[3]), 0, {}
sweep(KEYS[2], KEYS[3], now)
while #found < limit do
	local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', from, 100)
	if #ids == 0 then break end
	from = from + #ids
	for _, id in ipairs(ids) do
		if #found == limit then break end
		if string.match(id, '^[%w%-]+$') and redis.call('EXISTS', ARGV[5] .. id) == 0 then
			redis.call('ZREM', KEYS[1], id)
			from = from - 1
		elseif not holder(KEYS[2], KEYS[3], id, now) then
			lease(KEYS[2], KEYS[3], id, ARGV[2], now + tonumber(ARGV[4]))
			found[#found + 1] = id
		end
	end
end
return found
`)

// leaseScript takes or prolongs a lease.
//
//	KEYS 1 leases  2 holders
//	ARGV 1 name    2 holder   3 lease's µs
//	returns 1 when the holder has it, 0 when another has
var leaseScript = newScript(luaClock + luaLease + `
local now = clock()
local by = holder(KEYS[1], KEYS[2], ARGV[1], now)
if by and by ~= ARGV[2] then return 0 end
lease(KEYS[1], KEYS[2], ARGV[1], ARGV[2], now + tonumber(ARGV[3]))
return 1
`)

// releaseScript gives a lease back.
//
//	KEYS 1 leases  2 holders
//	ARGV 1 name    2 holder
//	returns 1 when the holder had it, 0 otherwise
var releaseScript = newScript(luaClock + luaLease + `
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
release(KEYS[1], KEYS[2], ARGV[1])
return 1
`)

// Due implements [pim.Queue]. What the holder itself has on lease is not handed
// to it again.
func (s *Store) Due(ctx context.Context, t pim.TenantID, now time.Time, holder string, limit int) ([]pim.ID, error) {
	keys := []string{s.keys.due(t), s.keys.leases(t), s.keys.holders(t)}
	said, err := s.run(ctx, dueScript, keys, micros(now), holder, limit, s.cfg.LeaseFor.Microseconds(), s.keys.record(t, "")).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("ask what is due: %w", err)
	}
	ids := make([]pim.ID, len(said))
	for i, id := range said {
		ids[i] = pim.ID(id)
	}
	return ids, nil
}

// Lease implements [pim.Queue].
func (s *Store) Lease(ctx context.Context, t pim.TenantID, name, holder string, ttl time.Duration) (bool, error) {
	keys := []string{s.keys.leases(t), s.keys.holders(t)}
	got, err := s.run(ctx, leaseScript, keys, name, holder, ttl.Microseconds()).Bool()
	if err != nil {
		return false, fmt.Errorf("lease %s: %w", name, err)
	}
	return got, nil
}

// Release implements [pim.Queue].
func (s *Store) Release(ctx context.Context, t pim.TenantID, name, holder string) error {
	keys := []string{s.keys.leases(t), s.keys.holders(t)}
	if err := s.run(ctx, releaseScript, keys, name, holder).Err(); err != nil {
		return fmt.Errorf("release %s: %w", name, err)
	}
	return nil
}

// Live implements [pim.Queue].
func (s *Store) Live(ctx context.Context, t pim.Triple) (holder pim.ID, recent bool, err error) {
	said, err := s.rdb.MGet(ctx, s.keys.live(t), s.keys.recent(t)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", false, fmt.Errorf("ask who occupies a right: %w", err)
	}
	if id, ok := said[0].(string); ok {
		return pim.ID(id), false, nil
	}
	if by, ok := said[1].(string); ok {
		return "", s.isRecent(by), nil
	}
	return "", false, nil
}

// recentBy is what a freed right remembers: until when it counts as ours by the
// domain clock, and who had it, for the operator.
func (s *Store) recentBy(id pim.ID) string {
	return strconv.FormatInt(s.cfg.Clock.Now().Add(recentFor).UnixNano(), 10) + " " + string(id)
}

func (s *Store) isRecent(by string) bool {
	until, _, _ := strings.Cut(by, " ")
	n, err := strconv.ParseInt(until, 10, 64)
	return err == nil && s.cfg.Clock.Now().UnixNano() <= n
}
