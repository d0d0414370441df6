-- renew-room: somebody wrote in the group; the idle deadline moves, never past the room's greatest age.
-- KEYS: epoch rooms open roomLease
-- ARGV: room chat idleMs maxAgeMs
-- REPLY: {"renewed", deadline} | {"not_open"} | {"rebuilding"}
local epoch, rooms, open, lease = unpack(KEYS)
local id, chat, idle, max_age = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])

if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local record = redis.call('HGET', rooms, id)
local room = record and cjson.decode(record)
if not room or room.stage ~= 'open' or room.chat ~= chat or room.deadline < now then
  return { 'not_open' }
end
room.activeAt = now
room.deadline = math.min(now + idle, room.at + max_age)
redis.call('HSET', rooms, id, cjson.encode(room))
redis.call('ZADD', open, room.deadline, id)
redis.call('SET', lease, id, 'PX', math.max(1, room.deadline - now))
return { 'renewed', tostring(room.deadline) }
