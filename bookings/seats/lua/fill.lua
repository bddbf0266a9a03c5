-- Store what SQL said of all seats at a revision, beside the later changes that are in the map already.
-- The generation proves that no change since the reader asked SQL was lost with the map.
-- ARGV: now, generation, revision, lifetime in milliseconds, label, claim, label, claim…
local revision, known = tonumber(ARGV[3]), map_revision()
if redis.call('HGET', MAP, '#generation') ~= ARGV[2] then return {'outrun'} end
redis.call('DEL', BUILDER)
if known and known >= revision then return {'kept'} end

local later, fields = {}, redis.call('HGETALL', MAP)
for i = 1, #fields, 2 do
  local changed_at = revision_of(fields[i + 1])
  if changed_at and changed_at > revision then later[fields[i]] = true
  elseif changed_at then redis.call('HDEL', MAP, fields[i]) end
end
for i = 5, #ARGV, 2 do
  if not later[ARGV[i]] then redis.call('HSET', MAP, ARGV[i], ARGV[3] .. '|' .. ARGV[i + 1]) end
end
keep_revision(revision, revisions_ahead())
redis.call('PEXPIRE', MAP, ARGV[4])
count_change()
return {'kept'}
