-- release-lease: gives a lease back early, if it is still the caller's.
-- KEYS: lease
-- ARGV: holder token
-- REPLY: {"released"} | {"lost"}
local value = redis.call('GET', KEYS[1])
if not value or string.match(value, '^(.*):%w+$') ~= ARGV[1] .. ':' .. ARGV[2] then
  return { 'lost' }
end
redis.call('DEL', KEYS[1])
return { 'released' }
