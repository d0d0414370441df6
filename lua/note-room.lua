-- note-room: remembers that a step on Telegram is done, so that it is not done again.
-- KEYS: epoch rooms
-- ARGV: room version step
-- REPLY: {"noted"} | {"changed"} | {"gone"} | {"rebuilding"}
local epoch, rooms = unpack(KEYS)
local id, version, step = ARGV[1], tonumber(ARGV[2]), ARGV[3]

if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local record = redis.call('HGET', rooms, id)
if not record then
  return { 'gone' }
end
local room = cjson.decode(record)
if room.version ~= version then
  return { 'changed' }
end
room[step] = true
redis.call('HSET', rooms, id, cjson.encode(room))
return { 'noted' }
