-- Takes a slot in each limit, or in none. KEYS: the limits. ARGV: for each its
-- emission interval, its burst times that, and its longest delay. All times are
-- integers in microseconds, and so exact in a Lua number.
--
-- A key holds when its backlog is gone, and when that was written: if the clock
-- of the server was set back since, or a replica with another clock took over,
-- the backlog stands still rather than grow.
--
-- Answers the backlogs that it found. The caller comes to the same decision.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local stored = redis.call('MGET', unpack(KEYS))
local backlogs, stale, ok = {}, {}, true

for i = 1, #KEYS do
	local emission, tolerance, delay = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
	local due, at = string.match(stored[i] or '', '^(%d+) (%d+)$')
	local backlog = 0
	if due then
		backlog = math.max(0, due - math.max(now, at))
		stale[i] = tonumber(at) > now
	end
	if backlog + emission - tolerance > delay then
		ok = false
	end
	backlogs[i] = backlog
end

for i = 1, #KEYS do
	local backlog = backlogs[i]
	if ok then
		backlog = backlog + ARGV[3 * i - 2]
	end
	if backlog > 0 and (ok or stale[i]) then
		redis.call('SET', KEYS[i], string.format('%.0f %.0f', now + backlog, now), 'PX', string.format('%.0f', math.ceil(backlog / 1000)))
	end
end
return backlogs
