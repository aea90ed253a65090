package store

import "github.com/redis/go-redis/v9"

// script is a script that can still tell its text: loading one through a
// pipeline by go-redis' own type would make that forget its digest, and send
// the text with every call from then on.
type script struct {
	*redis.Script
	text string
}

func newScript(text string) script { return script{redis.NewScript(text), text} }

// scripts are loaded by Ping. A script that is missing here still works, at the
// price of a second round trip on a server that has not seen it.
var scripts = []script{acceptScript, updateScript, dueScript, leaseScript, releaseScript}

// luaClock: clock() is the server's time in microseconds; whole(n) writes a
// number without an exponent, which Lua would choose for large ones.
const luaClock = `
local function clock()
	local t = redis.call('TIME')
	return tonumber(t[1]) * 1000000 + tonumber(t[2])
end
local function whole(n) return string.format('%.0f', n) end
`

// luaLease keeps leases: a sorted set of names by when their lease ends, and a
// hash of who holds them. Both are judged by the clock() given, never by expiry,
// which miniredis does not do by itself and a server does late.
//
//	holder(leases, holders, name, now)     who holds the name, or false
//	lease(leases, holders, name, who, t)   until t
//	release(leases, holders, name)
//	sweep(leases, holders, now)            forgets up to 100 ended leases
const luaLease = `
local function holder(leases, holders, name, now)
	local ends = redis.call('ZSCORE', leases, name)
	if not ends or tonumber(ends) <= now then return false end
	return redis.call('HGET', holders, name)
end
local function lease(leases, holders, name, who, ends)
	redis.call('ZADD', leases, whole(ends), name)
	redis.call('HSET', holders, name, who)
end
local function release(leases, holders, name)
	redis.call('ZREM', leases, name)
	redis.call('HDEL', holders, name)
end
local function sweep(leases, holders, now)
	for _, name in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', whole(now), 'LIMIT', 0, 100)) do
		release(leases, holders, name)
	end
end
`

// luaSettle makes what is derived from a record agree with it. An empty string
// stands for "none".
//
//	place(set, id, score)       puts id at score in a sorted set, or takes it out
//	keep(key, ms)               lets the key expire after ms, or never
//	takenBy(live, id)           who else occupies a right, or false
//	occupy(live, id, ms)        takes the right, for as long as the record is kept
const luaSettle = `
local function place(set, id, score)
	if score == '' then redis.call('ZREM', set, id) else redis.call('ZADD', set, score, id) end
end
local function keep(key, ms)
	if ms == '' then redis.call('PERSIST', key) else redis.call('PEXPIRE', key, ms) end
end
local function takenBy(live, id)
	local by = redis.call('GET', live)
	return by and by ~= id and by
end
local function occupy(live, id, ms)
	redis.call('SET', live, id)
	keep(live, ms)
end
`
