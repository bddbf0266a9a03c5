-- Free all locks of the owner. ARGV: now, owner. Returns the owner's reservation.
local labels, reservation = labels_of(ARGV[2])
for _, label in ipairs(labels) do unlock(label, ARGV[2]) end
redis.call('DEL', mine_key(ARGV[2]))
return {'free', reservation}
