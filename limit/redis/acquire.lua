-- Takes a lease, or a place in the queue for it. KEYS: the lease, the last fence,
-- the queue by arrival, the queue by when a waiting one counts as gone.
-- ARGV: who asks, how long the lease holds, how long one may wait without asking
-- again; in milliseconds.
--
-- Answers the fence, or 0. It is the time of the server, so it also grows when
-- the server has lost all that it held.
local lease, last, queue, gone = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local who, ttl, patience = ARGV[1], ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local holder = redis.call('GET', lease)
if holder == who then -- the answer was lost
	redis.call('PEXPIRE', lease, ttl)
	return tonumber(redis.call('GET', last))
end
for _, w in ipairs(redis.call('ZRANGEBYSCORE', gone, '-inf', string.format('%.0f', now))) do
	redis.call('ZREM', queue, w)
	redis.call('ZREM', gone, w)
end
local first = redis.call('ZRANGE', queue, 0, 0)[1]
if holder or (first and first ~= who) then
	redis.call('ZADD', queue, 'NX', string.format('%.0f', now), who)
	redis.call('ZADD', gone, string.format('%.0f', now + patience * 1000), who)
	redis.call('PEXPIRE', queue, patience)
	redis.call('PEXPIRE', gone, patience)
	return 0
end
redis.call('ZREM', queue, who)
redis.call('ZREM', gone, who)
local fence = math.max(now, (tonumber(redis.call('GET', last)) or 0) + 1)
redis.call('SET', last, string.format('%.0f', fence), 'PX', 3600000)
redis.call('SET', lease, who, 'PX', ttl)
return fence
