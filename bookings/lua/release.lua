-- Free what the owner has locked. ARGV: now, owner, and a visitor whose first hold here is forgotten, or ''.
for _, label in ipairs(labels_of(ARGV[2])) do unlock(label, ARGV[2]) end
redis.call('DEL', mine_key(ARGV[2]))
if ARGV[3] ~= '' then redis.call('DEL', first_key(ARGV[3])) end
return {'free'}
