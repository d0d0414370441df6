-- drop-place: forgets where a group is that nobody knows of, if it still is where the caller saw it and no room holds it.
-- KEYS: epoch groups rooms
-- ARGV: chat seen
-- REPLY: {"dropped"} | {"changed"} | {"rebuilding"}
local epoch, groups, rooms = unpack(KEYS)
local chat, seen = unpack(ARGV)
if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
if redis.call('HGET', groups, chat) ~= seen or redis.call('HEXISTS', rooms, seen) == 1 then
  return { 'changed' }
end
redis.call('HDEL', groups, chat)
return { 'dropped' }
