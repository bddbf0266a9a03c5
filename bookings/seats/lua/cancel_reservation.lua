-- Stop counting a reservation. ARGV: now, its name. Returns the address that it was made with, or ''.
local key = base .. ':reserved'
local value = redis.call('HGET', key, ARGV[2])
redis.call('HDEL', key, ARGV[2])
return {'given', value and string.match(value, '|([^|]*)$') or ''}
