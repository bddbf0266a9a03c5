-- SQL has changed in a way that no revision tells: drop the map, and with it the generation of a map being built.
-- ARGV: now.
forget_map()
return {'dropped'}
