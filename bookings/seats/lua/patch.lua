-- Put a change into the map. It may come late, twice or before its turn: for each seat the newest revision counts.
-- While the map is being built, the change waits in it. ARGV: now, revision, label, claim, label, claim…
local revision, known = tonumber(ARGV[2]), map_revision()
if redis.call('EXISTS', MAP) == 0 then return {'no map'} end
if known and revision <= known then return {'late'} end
for i = 3, #ARGV, 2 do
  local entry = redis.call('HGET', MAP, ARGV[i])
  if not entry or revision_of(entry) < revision then
    redis.call('HSET', MAP, ARGV[i], ARGV[2] .. '|' .. ARGV[i + 1])
  end
end
local ahead = revisions_ahead()
ahead[revision] = true
keep_revision(known, ahead)
count_change()
return {'kept'}
