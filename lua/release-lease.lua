-- release-lease: gives a lease back early, if it is still the caller's.
-- KEYS: lease
-- ARGV: holder token
-- REPLY: {"released"} | {"lost"}
if redis.call('GET', KEYS[1]) ~= ARGV[1] .. ':' .. ARGV[2] then
  return { 'lost' }
end
redis.call('DEL', KEYS[1])
return { 'released' }
