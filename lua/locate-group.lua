-- locate-group: where a group is, and the record of the room that holds it. A script although it changes nothing: who asks must neither take
-- lost data for "not ours" nor believe an older copy of Redis, and only scripts notice both (see src/redis/server-guard.ts).
-- KEYS: epoch groups rooms
-- ARGV: chat
-- REPLY: {"nowhere"} | {"at", place, json} | {"rebuilding"}
local epoch, groups, rooms = unpack(KEYS)
if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local place = redis.call('HGET', groups, ARGV[1])
if not place then
  return { 'nowhere' }
end
return { 'at', place, redis.call('HGET', rooms, place) or '' }
