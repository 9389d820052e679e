-- Renews a lease. KEYS: the lease, the last fence. ARGV: who holds it, the fence,
-- how long it holds now. If the lease is not there but nobody had it since, which
-- the fence says, it is taken again: the server may have been restarted. Answers
-- 1 if it is held now.
local holder, last = redis.call('GET', KEYS[1]), tonumber(redis.call('GET', KEYS[2]) or '0')
if holder ~= ARGV[1] and (holder or last > tonumber(ARGV[2])) then
	return 0
end
redis.call('SET', KEYS[2], ARGV[2], 'PX', 3600000)
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return 1
