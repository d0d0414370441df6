-- restore-ban: after Redis lost its data, banned people stay banned. Works only within the newest rebuild.
-- KEYS: epoch rebuild people
-- ARGV: token user...
-- REPLY: {"restored", people} | {"not_rebuilding"}
local epoch, rebuild, people = unpack(KEYS)
if redis.call('EXISTS', epoch) == 1 or redis.call('GET', rebuild) ~= ARGV[1] then
  return { 'not_rebuilding' }
end
for i = 2, #ARGV do
  redis.call('HSET', people, ARGV[i], '!|||')
end
return { 'restored', #ARGV - 1 }
