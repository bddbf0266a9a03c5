-- Lock every seat for the owner, or none; the owner's earlier seats that are not among them are freed.
-- ARGV: now, a fresh stamp, the snapshot's stamp, owner, milliseconds, ceiling and pause (0: none) in milliseconds, reservation, labels…
-- Returns the deadline, and the reservation of the hold that was replaced.
local fresh, snapshot, owner, reservation = ARGV[2], ARGV[3], ARGV[4], ARGV[8]
local duration, ceiling, pause = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local is_visitor = string.sub(owner, 1, 2) == 'u:'

-- A visitor's time for this showtime is a hash: 'first', when they first held seats; 'until', the latest deadline of a hold
-- since; and when each unpaid booking ends or has ended.
local function times()
  local first, latest, ends = nil, 0, {}
  local fields = redis.call('HGETALL', times_key(owner))
  for i = 1, #fields, 2 do
    local at = tonumber(fields[i + 1])
    if fields[i] == 'first' then first = at
    elseif fields[i] == 'until' then latest = at
    elseif at + HOUR + pause > now then ends[#ends + 1] = at
    else redis.call('HDEL', times_key(owner), fields[i]) end
  end
  table.sort(ends)
  return first, latest, ends
end

-- Return until when the visitor may not hold seats of this showtime: because two bookings within an hour have ended
-- unpaid, or because holds, or bookings that followed them, have used up the ceiling. What ends in the last second before
-- the ceiling counts as having used it up: that gap is too short for another visitor to get in.
local function paused_until(first, latest, ends)
  local over, resumes = (first or now) + ceiling, 0
  local used_up, ended = first and latest >= over - SECOND, over
  for i, at in ipairs(ends) do
    if i > 1 and at <= now and at - ends[i - 1] <= HOUR then resumes = at + pause end
    if first and at > first and at >= over - SECOND then used_up, ended = true, math.max(ended, at) end
  end
  if used_up and over <= now then resumes = math.max(resumes, ended + pause) end
  return resumes
end

if redis.call('GET', SNAPSHOT) ~= snapshot then return {'stale', stamp_at(SNAPSHOT, fresh)} end
if not map_revision() then return cold(fresh) end
local first, latest, ends = nil, 0, {}
if is_visitor then
  first, latest, ends = times()
  local resumes = paused_until(first, latest, ends)
  if pause > 0 and resumes > now then return {'paused', whole(resumes)} end
end
local taken = conflicts(9, owner)
if #taken > 0 then return {'taken', taken} end

local wanted = {}
for i = 9, #ARGV do wanted[ARGV[i]] = true end
local earlier, replaced = labels_of(owner)
for _, label in ipairs(earlier) do
  if not wanted[label] then unlock(label, owner) end
end

if not first or first + ceiling <= now then first, latest = now, 0 end
local deadline = math.min(now + duration, first + ceiling)
if is_visitor then
  redis.call('HSET', times_key(owner), 'first', whole(first), 'until', whole(math.max(latest, deadline)))
  redis.call('PEXPIRE', times_key(owner), whole(ceiling + duration + pause + HOUR))
end
redis.call('ZREMRANGEBYSCORE', HELD, '-inf', whole(now))
for i = 9, #ARGV do lock(ARGV[i], owner, deadline) end
keep_labels(owner, reservation, 9, deadline)
count_change()
return {'held', whole(deadline), replaced ~= reservation and replaced or ''}
