-- forget-person: nothing of an idle person stays: neither whom they met, nor what they missed. A ban stays.
-- KEYS: epoch people waiting first penalties
-- ARGV: user
-- REPLY: {"forgotten"} | {"busy"} | {"rebuilding"}
local epoch, people, waiting, first, penalties = unpack(KEYS)
local user = ARGV[1]
if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local where = string.match(redis.call('HGET', people, user) or '', '^[^|]*')
local idle = where == '' or where == '+' or where == '!'
if not idle or redis.call('SISMEMBER', waiting, user) == 1 or redis.call('SISMEMBER', first, user) == 1 then
  return { 'busy' }
end
redis.call('HDEL', penalties, user)
if where == '!' then
  redis.call('HSET', people, user, '!|||')
else
  redis.call('HDEL', people, user)
end
return { 'forgotten' }
