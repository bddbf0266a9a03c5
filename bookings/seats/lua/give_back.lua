-- Count a reservation no longer. ARGV: now, its name. Gives the address that it was made with, or ''.
local key = base .. ':reserved'
local value = redis.call('HGET', key, ARGV[2])
redis.call('HDEL', key, ARGV[2])
return {'given', value and string.match(value, '|([^|]*)$') or ''}
