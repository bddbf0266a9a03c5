-- Return all that is not free, read at one moment, or only that it is as the caller knows it.
-- ARGV: now, a fresh stamp, a random number, the count of changes that the caller knows or ''.
if not map_revision() then return cold(ARGV[2]) end
local changes, stamp = stamp_at(CHANGES, ARGV[3]), stamp_at(SNAPSHOT, ARGV[2])
if changes == ARGV[4] then return {'same', stamp} end
local locks = {}
for _, label in ipairs(redis.call('ZRANGEBYSCORE', HELD, '(' .. ARGV[1], '+inf')) do
  local owner, deadline = owner_of(label)
  if owner then
    locks[#locks + 1] = label
    locks[#locks + 1] = owner
    locks[#locks + 1] = whole(deadline)
  end
end
return {'map', stamp, changes, redis.call('HGETALL', MAP), locks}
