-- forget-group: the group does not exist any more on Telegram.
-- KEYS: epoch groups
-- ARGV: chat
-- REPLY: {"forgotten"} | {"in_use", place} | {"unknown"} | {"rebuilding"}
local epoch, groups = unpack(KEYS)
if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local place = redis.call('HGET', groups, ARGV[1])
if not place then
  return { 'unknown' }
end
if place ~= 'disposing' then
  return { 'in_use', place }
end
redis.call('HDEL', groups, ARGV[1])
return { 'forgotten' }
