-- Pass an owner's locks to another owner, all or none, until a new deadline. All other locks of the first owner
-- are freed. A booking's time counts as its visitor's; time that it passes back does not.
-- ARGV: now, from, to, deadline, reservation, labels…
-- Returns the deadline, the first one's reservation, and the deadline that the locks had.
local from, to, deadline = ARGV[2], ARGV[3], tonumber(ARGV[4])
local lost, former = {}, nil
for i = 6, #ARGV do
  local owner, until_then = owner_of(ARGV[i])
  if owner ~= from then lost[#lost + 1] = ARGV[i] end
  former = until_then
end
if #lost > 0 then return {'taken', lost} end
for i = 6, #ARGV do lock(ARGV[i], to, deadline) end
local reservation = free(from)
keep_labels(to, ARGV[5], 6, deadline)
count_change()

local times = times_key('u:' .. string.match(to, '([^:]*)$'))
if string.sub(to, 1, 2) == 'b:' then
  redis.call('HSET', times, to, ARGV[4])
  if redis.call('PTTL', times) < 0 then redis.call('PEXPIRE', times, whole(deadline - now + 2 * HOUR)) end
else
  redis.call('HDEL', times, from)
end
return {'held', ARGV[4], reservation, whole(former)}
