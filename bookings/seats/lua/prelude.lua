-- Shared by every script. KEYS[1] is "…:{showtime:7}", or "…:{u:5}" for a visitor's totals: all keys of a script
-- share its hash tag, so that one script may touch them on Redis Cluster too. `now` and deadlines are milliseconds since the
-- epoch.
local base, now = KEYS[1], tonumber(ARGV[1])
local SNAPSHOT, STAMP, SOLD, HELD = base .. ':snapshot', base .. ':stamp', base .. ':sold', base .. ':held'
local DAY, HOUR, SECOND = 86400000, 3600000, 1000

local function whole(number) return string.format('%.0f', number) end
local function seat_key(label) return base .. ':seat:' .. label end
local function mine_key(owner) return base .. ':mine:' .. owner end
local function times_key(visitor) return base .. ':times:' .. visitor end

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

-- Return what SQL says about a seat: nil (free), 'ticket', or the PENDING booking that has it. A PENDING booking's entry is "P|deadline|…".
local function sold_to(label)
  local entry = redis.call('HGET', SOLD, label)
  if not entry then return nil end
  local deadline, owner = string.match(entry, '^P|(%d+)|(.*)$')
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
