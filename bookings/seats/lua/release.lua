-- Free all locks of the owner. ARGV: now, owner. Returns the owner's reservation.
return {'free', free(ARGV[2])}
