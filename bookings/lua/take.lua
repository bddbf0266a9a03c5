-- Lock every seat for the owner, or none; the owner's earlier seats that are not among them are freed.
-- ARGV: now, a fresh stamp, facts stamp, owner, milliseconds, ceiling in milliseconds, labels…
local fresh, facts, owner = ARGV[2], ARGV[3], ARGV[4]
local duration, ceiling = tonumber(ARGV[5]), tonumber(ARGV[6])

if redis.call('GET', FACTS) ~= facts then return {'stale', stamp_at(FACTS, fresh)} end
if redis.call('EXISTS', SOLD) == 0 then return {'cold', stamp_at(STAMP, fresh)} end
local taken = conflicts(7, owner)
if #taken > 0 then return {'taken', taken} end

local wanted = {}
for i = 7, #ARGV do wanted[ARGV[i]] = true end
for _, label in ipairs(labels_of(owner)) do
  if not wanted[label] then unlock(label, owner) end
end

local first = tonumber(redis.call('GET', first_key(owner)) or '0')
if first + ceiling <= now then
  first = now
  redis.call('SET', first_key(owner), whole(now), 'PX', whole(ceiling))
end
local deadline = math.min(now + duration, first + ceiling)
redis.call('ZREMRANGEBYSCORE', HELD, '-inf', whole(now))
for i = 7, #ARGV do lock(ARGV[i], owner, deadline) end
redis.call('SET', mine_key(owner), table.concat(ARGV, ',', 7), 'PX', whole(deadline - now))
return {'held', whole(deadline)}
