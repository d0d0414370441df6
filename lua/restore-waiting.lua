-- restore-waiting: after Redis lost its data, people who waited wait again. Works only within the newest rebuild.
-- KEYS: epoch rebuild waiting first people waits courierMailbox
-- ARGV: token waitMaxMs user... (user, since, '1' when first in line; alternating)
-- REPLY: {"restored", people} | {"not_rebuilding"}
-- EMITS: courier: notice
local epoch, rebuild, waiting, first, people, waits, courier = unpack(KEYS)
if redis.call('EXISTS', epoch) == 1 or redis.call('GET', rebuild) ~= ARGV[1] then
  return { 'not_rebuilding' }
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local restored = 0
for i = 3, #ARGV, 3 do
  local user, since, is_first = ARGV[i], ARGV[i + 1], ARGV[i + 2] == '1'
  if not redis.call('HGET', people, user) then
    restored = restored + 1
    redis.call('HSET', people, user, '|' .. since .. '||')
    redis.call('SADD', is_first and first or waiting, user)
    redis.call('ZADD', waits, now + tonumber(ARGV[2]), user)
    redis.call('XADD', courier, '*', 'type', 'notice', 'to', user, 'notice', 'search_goes_on', 'args', '{}')
  end
end
return { 'restored', restored }
