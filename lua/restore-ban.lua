-- restore-ban: after Redis lost its data, banned people stay banned. Works only while rebuilding.
-- KEYS: epoch people
-- ARGV: user...
-- REPLY: {"restored", people} | {"not_rebuilding"}
local epoch, people = unpack(KEYS)
if redis.call('EXISTS', epoch) == 1 then
  return { 'not_rebuilding' }
end
for i = 1, #ARGV do
  redis.call('HSET', people, ARGV[i], '!|||')
end
return { 'restored', #ARGV }
