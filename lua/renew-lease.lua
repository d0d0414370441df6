-- renew-lease: prolongs a lease for its holder, and for nobody else.
-- KEYS: lease
-- ARGV: holder token ttlMs
-- REPLY: {"renewed"} | {"lost"}
local value = redis.call('GET', KEYS[1])
if not value or string.match(value, '^(.*):%w+$') ~= ARGV[1] .. ':' .. ARGV[2] then
  return { 'lost' }
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return { 'renewed' }
