-- SQL has changed: drop the map, and let no map that is being made just now be kept. ARGV: now, a fresh stamp.
redis.call('SET', STAMP, ARGV[2], 'PX', DAY)
redis.call('DEL', SOLD)
return {'dropped'}
