-- dress-room: the group carries its title and tags; both are welcomed, once.
-- KEYS: epoch rooms courierMailbox
-- ARGV: room version
-- REPLY: {"dressed"} | {"changed"} | {"gone"} | {"rebuilding"}
-- EMITS: courier: group-notice
local epoch, rooms, courier = unpack(KEYS)
local id, version = ARGV[1], tonumber(ARGV[2])

if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local record = redis.call('HGET', rooms, id)
if not record then
  return { 'gone' }
end
local room = cjson.decode(record)
if room.version ~= version or room.stage ~= 'open' or room.dressed then
  return { 'changed' }
end
room.dressed = true
redis.call('HSET', rooms, id, cjson.encode(room))
redis.call('XADD', courier, '*', 'type', 'group-notice', 'chat', room.chat, 'room', id, 'notice', 'welcome', 'args', '{}')
return { 'dressed' }
