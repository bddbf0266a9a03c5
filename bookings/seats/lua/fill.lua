-- Store the map that was built from SQL, unless something was committed since the building began.
-- ARGV: now, the stamp read before SQL was queried, its lifetime in milliseconds, label, entry, label, entry…
if redis.call('GET', STAMP) ~= ARGV[2] then return {'outrun'} end
redis.call('DEL', SOLD)
redis.call('HSET', SOLD, '#', '')
for i = 4, #ARGV, 2 do redis.call('HSET', SOLD, ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', SOLD, tonumber(ARGV[3]))
return {'kept'}
