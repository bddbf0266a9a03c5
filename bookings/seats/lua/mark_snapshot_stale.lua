-- The showtime has changed, so snapshots of it are stale. ARGV: now, a fresh stamp.
redis.call('SET', SNAPSHOT, ARGV[2], 'PX', DAY)
return {'moved'}
