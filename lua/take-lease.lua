-- take-lease: gives the lease to one holder until it expires. The token grows with every new holder, so that a write can be refused
-- to a holder that lost its lease without noticing; it is taken from the clock, so that it grows even after Redis lost its data.
-- KEYS: lease
-- ARGV: holder ttlMs
-- REPLY: {"held", token} | {"taken", holder}
local lease = KEYS[1]
local holder, ttl = ARGV[1], tonumber(ARGV[2])
local value = redis.call('GET', lease)
if value then
  return { 'taken', string.match(value, '^(.*):%d+$') or value }
end
local time = redis.call('TIME')
local token = string.format('%d%06d', time[1], time[2])
redis.call('SET', lease, holder .. ':' .. token, 'PX', ttl)
return { 'held', token }
