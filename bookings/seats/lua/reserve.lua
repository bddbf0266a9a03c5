-- Count seats that a visitor, or the new accounts of an address, are about to hold, unless that exceeds the limit.
-- Each field of the hash is a reservation, name → "seats|deadline|address". Names that are alike up to the slash are selections
-- for one showtime: they replace one another, so the largest counts. A booking has no slash and counts by itself.
-- ARGV: now, name, seats, deadline, limit (0: none), address, 'ask' (reply 'unknown' if the visitor's bookings
-- are not known) or 'told', followed by those bookings: name, seats, deadline…
local KNOWN = '#'
local key, name = base .. ':reserved', ARGV[2]
local seats, deadline, limit = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

if ARGV[7] == 'ask' and redis.call('HEXISTS', key, KNOWN) == 0 then return {'unknown'} end
for i = 8, #ARGV, 3 do redis.call('HSETNX', key, ARGV[i], ARGV[i + 1] .. '|' .. ARGV[i + 2] .. '|') end

local function group_of(field) return string.match(field, '^[^/]*') end

local groups, total, latest = {}, 0, deadline
local fields = redis.call('HGETALL', key)
for i = 1, #fields, 2 do
  if fields[i] ~= KNOWN then
    local count, ends = string.match(fields[i + 1], '^(%d+)|(%d+)|')
    count, ends = tonumber(count), tonumber(ends)
    if ends <= now then
      redis.call('HDEL', key, fields[i])
    else
      local group = groups[group_of(fields[i])] or {count = 0, ends = 0}
      total = total + math.max(count - group.count, 0)
      group.count, group.ends = math.max(group.count, count), math.max(group.ends, ends)
      groups[group_of(fields[i])] = group
      latest = math.max(latest, ends)
    end
  end
end

-- Return when enough other reservations will have ended, in milliseconds, or 'never'.
local function room_at()
  local others, held = {}, 0
  for name_of, group in pairs(groups) do
    if name_of ~= group_of(name) then
      others[#others + 1] = group
      held = held + group.count
    end
  end
  table.sort(others, function(one, other) return one.ends < other.ends end)
  for _, group in ipairs(others) do
    held = held - group.count
    if held + seats <= limit then return whole(group.ends) end
  end
  return 'never'
end

local more = math.max(seats - (groups[group_of(name)] or {count = 0}).count, 0)
local is_full = limit > 0 and more > 0 and total + more > limit
if not is_full then redis.call('HSET', key, name, whole(seats) .. '|' .. whole(deadline) .. '|' .. ARGV[6]) end
redis.call('HSET', key, KNOWN, '')
redis.call('PEXPIRE', key, whole(math.max(latest - now, HOUR)))
return is_full and {'full', room_at()} or {'reserved'}
