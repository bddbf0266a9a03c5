-- Return all that is not free, read at one moment. ARGV: now, a fresh stamp.
if redis.call('EXISTS', SOLD) == 0 then return {'cold', stamp_at(STAMP, ARGV[2])} end
local locks = {}
for _, label in ipairs(redis.call('ZRANGEBYSCORE', HELD, '(' .. ARGV[1], '+inf')) do
  local owner, deadline = owner_of(label)
  if owner then
    locks[#locks + 1] = label
    locks[#locks + 1] = owner
    locks[#locks + 1] = whole(deadline)
  end
end
return {'map', stamp_at(SNAPSHOT, ARGV[2]), redis.call('HGETALL', SOLD), locks}
