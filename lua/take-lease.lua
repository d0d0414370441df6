-- take-lease: gives the lease to one holder until it expires. The token grows with every new holder, so that a write can be refused
-- to a holder that lost its lease without noticing; it is taken from the clock, so that it grows even after Redis lost its data, and is never
-- less than `least`: the clock of another Redis, to which one failed over, may be behind.
-- A command whose answer was lost is sent again: the same attempt is told again that it holds the lease.
-- KEYS: lease
-- ARGV: holder ttlMs attempt least
-- REPLY: {"held", token} | {"taken", holder}
local lease = KEYS[1]
local holder, ttl, attempt, least = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local value = redis.call('GET', lease)
if value then
  local other, token, its_attempt = string.match(value, '^(.*):(%d+):(%w+)$')
  if other == holder and its_attempt == attempt then
    return { 'held', token }
  end
  return { 'taken', other or value }
end
local time = redis.call('TIME')
local token = string.format('%.0f', math.max(time[1] * 1000000 + time[2], least))
redis.call('SET', lease, holder .. ':' .. token .. ':' .. attempt, 'PX', ttl)
return { 'held', token }
