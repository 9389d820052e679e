-- Gives a lease back, if it is still held by the one who says so, or a place in
-- the queue for it. KEYS: the lease, the last fence, the queue by arrival, and by
-- end. ARGV: who, and the fence or 0. The last fence moves on, so that a renewal
-- that is still on its way finds that it comes too late.
if redis.call('GET', KEYS[1]) == ARGV[1] then
	redis.call('DEL', KEYS[1])
end
local fence = tonumber(ARGV[2])
if fence > 0 and tonumber(redis.call('GET', KEYS[2]) or '0') <= fence then
	redis.call('SET', KEYS[2], string.format('%.0f', fence + 1), 'PX', 3600000)
end
redis.call('ZREM', KEYS[3], ARGV[1])
return redis.call('ZREM', KEYS[4], ARGV[1])
