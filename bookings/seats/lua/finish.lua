-- A booking has ended: free its locks and update the record of its visitor's time for this showtime.
-- ARGV: now, visitor, 'paid' or 'unpaid', the booking and, if that has ended too, its late payment.
local visitor, booking = ARGV[2], ARGV[4]

local function holds_more()
  for _, label in ipairs((labels_of(visitor))) do
    if owner_of(label) == visitor then return true end
  end
  return false
end

for i = 4, #ARGV do free(ARGV[i]) end

local times = times_key(visitor)
local ends = tonumber(redis.call('HGET', times, booking) or '0')
if ARGV[3] == 'paid' then
  redis.call('HDEL', times, booking)
  -- Other seats that the visitor holds keep counting from their own start.
  if not holds_more() then redis.call('HDEL', times, 'first', 'until') end
elseif ends > now then
  redis.call('HSET', times, booking, whole(now))
end
return {'free'}
