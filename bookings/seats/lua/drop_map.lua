-- SQL has changed: drop the map, and move the stamp so that no map being built right now is stored.
-- ARGV: now, a fresh stamp.
redis.call('SET', STAMP, ARGV[2], 'PX', DAY)
redis.call('DEL', SOLD)
return {'dropped'}
