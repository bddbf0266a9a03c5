-- What a hold must know of its showtime has changed. ARGV: now, a fresh stamp.
redis.call('SET', SNAPSHOT, ARGV[2], 'PX', DAY)
return {'moved'}
