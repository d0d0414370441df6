-- lift-ban: lets a banned person search again.
-- KEYS: epoch people
-- ARGV: user
-- REPLY: {"lifted"} | {"not_banned"} | {"rebuilding"}
local epoch, people = unpack(KEYS)
local user = ARGV[1]
if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local record = redis.call('HGET', people, user)
if not record or string.sub(record, 1, 1) ~= '!' then
  return { 'not_banned' }
end
redis.call('HSET', people, user, string.sub(record, 2))
return { 'lifted' }
