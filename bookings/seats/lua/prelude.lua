-- Shared by every script. KEYS[1] is "…:{showtime:7}", or "…:{u:5}" for a visitor's totals: all keys of a script
-- share its hash tag, so that one script may touch them on Redis Cluster too. `now` and deadlines are milliseconds since the
-- epoch.
local base, now = KEYS[1], tonumber(ARGV[1])
local SNAPSHOT, CHANGES, HELD = base .. ':snapshot', base .. ':changes', base .. ':held'
local MAP, BUILDER = base .. ':map', base .. ':builder'
local DAY, HOUR, SECOND = 86400000, 3600000, 1000

local function whole(number) return string.format('%.0f', number) end
local function seat_key(label) return base .. ':seat:' .. label end
local function mine_key(owner) return base .. ':mine:' .. owner end
local function times_key(visitor) return base .. ':times:' .. visitor end

-- Count a change of what viewers see. The count begins when somebody looks, at a random number.
local function count_change()
  if redis.call('EXISTS', CHANGES) == 1 then redis.call('INCR', CHANGES) end
end

-- A lock's value is "owner|deadline"; a lock past its deadline is no lock, even before Redis drops the key.
local function owner_of(label)
  local value = redis.call('GET', seat_key(label))
  if not value then return nil end
  local owner, deadline = string.match(value, '^(.*)|(%d+)$')
  if tonumber(deadline) <= now then return nil end
  return owner, tonumber(deadline)
end

local function lock(label, owner, deadline)
  redis.call('SET', seat_key(label), owner .. '|' .. whole(deadline), 'PX', whole(deadline - now))
  redis.call('ZADD', HELD, whole(deadline), label)
  redis.call('PEXPIRE', HELD, DAY)
end

local function unlock(label, owner)
  if owner_of(label) == owner then
    redis.call('DEL', seat_key(label))
    redis.call('ZREM', HELD, label)
  end
end

-- An owner's locks are stored as "reservation|A1,A2". Returns the labels, and the reservation or ''.
local function labels_of(owner)
  local found, value = {}, redis.call('GET', mine_key(owner)) or ''
  local reservation, labels = string.match(value, '^([^|]*)|(.*)$')
  for label in string.gmatch(labels or value, '[^,]+') do found[#found + 1] = label end
  return found, reservation or ''
end

local function keep_labels(owner, reservation, from, deadline)
  redis.call('SET', mine_key(owner), reservation .. '|' .. table.concat(ARGV, ',', from), 'PX', whole(deadline - now))
end

-- Free all locks of the owner. Returns the owner's reservation or ''.
local function free(owner)
  local labels, reservation = labels_of(owner)
  for _, label in ipairs(labels) do unlock(label, owner) end
  redis.call('DEL', mine_key(owner))
  if #labels > 0 then count_change() end
  return reservation
end

-- Return the stamp. A missing one is replaced by a fresh one, so a Redis that lost everything never repeats an
-- old stamp.
local function stamp_at(key, fresh)
  local stamp = redis.call('GET', key)
  if not stamp then
    stamp = fresh
    redis.call('SET', key, stamp, 'PX', DAY)
  end
  return stamp
end

-- The map is one hash, so that Redis keeps all of it or nothing. Its fields:
--   a label      "revision|claim": what SQL says of the seat since that revision. The claim is "T" (a ticket),
--                "P|deadline|owner" (a PENDING booking), or nothing (free)
--   #generation  a random name, given when the hash is created
--   #revision    every change up to this one is in the map; missing while nobody has stored what SQL says
--   #ahead       later revisions that are in the map, too, as "43,45"
--   #missing     since when one before them has been missing
local MISSING_LONG = 1000  -- a change may arrive so long after a later one; then it counts as lost
local BUILDING, BUILDER_ALONE = 10000, 500  -- how long an unfinished map is kept, and one reader builds it alone

local function forget_map()
  redis.call('DEL', MAP, BUILDER)
  count_change()
end

-- Return the map's revision, or nil if the map is cold. A map that has missed a change for long is forgotten.
local function map_revision()
  local revision, missing = unpack(redis.call('HMGET', MAP, '#revision', '#missing'))
  if revision and missing and tonumber(missing) + MISSING_LONG <= now then
    forget_map()
    return nil
  end
  return tonumber(revision or nil)
end

-- Return the answer to a reader who finds the map cold: its generation, and 'build', or 'wait' while another
-- reader builds it.
local function cold(fresh)
  local generation = redis.call('HGET', MAP, '#generation')
  if not generation then
    generation = fresh
    redis.call('HSET', MAP, '#generation', generation)
  end
  redis.call('PEXPIRE', MAP, BUILDING)
  local builds = redis.call('SET', BUILDER, '', 'NX', 'PX', BUILDER_ALONE)
  return {'cold', generation, builds and 'build' or 'wait'}
end

-- Return the set of the revisions that are in the map before their turn.
local function revisions_ahead()
  local ahead = {}
  for one in string.gmatch(redis.call('HGET', MAP, '#ahead') or '', '%d+') do ahead[tonumber(one)] = true end
  return ahead
end

-- Store the map's revision (nil: the map is not built yet), moved on as far as no change is missing, and those ahead.
local function keep_revision(revision, ahead)
  local reached, later = revision, {}
  while reached and ahead[reached + 1] do reached = reached + 1 end
  for one in pairs(ahead) do
    if not reached or one > reached then later[#later + 1] = whole(one) end
  end
  redis.call('HSET', MAP, '#ahead', table.concat(later, ','))
  if not reached then return end
  if #later == 0 or reached > revision then redis.call('HDEL', MAP, '#missing') end
  if #later > 0 then redis.call('HSETNX', MAP, '#missing', whole(now)) end
  redis.call('HSET', MAP, '#revision', whole(reached))
end

-- Return the revision of a map's entry.
local function revision_of(entry) return tonumber(string.match(entry, '^(%d+)|')) end

-- Return what SQL says about a seat: nil (free), 'ticket', or the PENDING booking that has it.
local function sold_to(label)
  local entry = redis.call('HGET', MAP, label)
  local claim = entry and string.match(entry, '|(.*)$') or ''
  if claim == '' then return nil end
  local deadline, owner = string.match(claim, '^P|(%d+)|(.*)$')
  if deadline and tonumber(deadline) <= now then return nil end
  return owner or 'ticket'
end

-- A booking ("b:reference:5") and its late payment ("l:reference:5") count as the same owner.
local function same(one, other) return string.sub(one, 2) == string.sub(other, 2) end

-- Return the labels among ARGV[from…] that `owner` may not lock. A booking ("b:reference:5") may take what its
-- visitor ("u:5") holds; the visitor may not take what the booking has.
local function conflicts(from, owner)
  local own_visitor, found = 'u:' .. string.match(owner, '([^:]*)$'), {}
  for i = from, #ARGV do
    local buyer, holder = sold_to(ARGV[i]), owner_of(ARGV[i])
    local is_held = holder and not same(holder, owner) and holder ~= own_visitor
    if (buyer and not same(buyer, owner)) or is_held then found[#found + 1] = ARGV[i] end
  end
  return found
end
