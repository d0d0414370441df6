-- read-room: the record of a room. A script for the reason that locate-group gives.
-- KEYS: epoch rooms
-- ARGV: room
-- REPLY: {"room", json} | {"gone"} | {"rebuilding"}
local epoch, rooms = unpack(KEYS)
if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local record = redis.call('HGET', rooms, ARGV[1])
if not record then
  return { 'gone' }
end
return { 'room', record }
