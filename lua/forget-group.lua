-- forget-group: the group does not exist any more on Telegram.
-- KEYS: epoch groups lease
-- ARGV: chat holding
-- REPLY: {"forgotten"} | {"in_use", place} | {"unknown"} | {"not_holder"} | {"rebuilding"}
-- holding: as in stock-group.
local epoch, groups, lease = unpack(KEYS)
local chat, holding = unpack(ARGV)
if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
if holding ~= '' and string.match(redis.call('GET', lease) or '', '^(.*):%w+$') ~= holding then
  return { 'not_holder' }
end
local place = redis.call('HGET', groups, chat)
if not place then
  return { 'unknown' }
end
if place ~= 'disposing' then
  return { 'in_use', place }
end
redis.call('HDEL', groups, chat)
return { 'forgotten' }
