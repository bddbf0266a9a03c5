-- Hand an owner's locks on to another owner, all or none, until a new deadline; whatever else the first one
-- has locked is freed.
-- ARGV: now, from, to, deadline, labels…
local from, to, deadline = ARGV[2], ARGV[3], tonumber(ARGV[4])
local lost = {}
for i = 5, #ARGV do
  if owner_of(ARGV[i]) ~= from then lost[#lost + 1] = ARGV[i] end
end
if #lost > 0 then return {'taken', lost} end
for i = 5, #ARGV do lock(ARGV[i], to, deadline) end
for _, label in ipairs(labels_of(from)) do unlock(label, from) end
redis.call('DEL', mine_key(from))
redis.call('SET', mine_key(to), table.concat(ARGV, ',', 5), 'PX', whole(deadline - now))
return {'held', ARGV[4]}
