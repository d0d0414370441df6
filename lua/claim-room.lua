-- claim-room: lets one room actor look at a room; whoever finds it claimed leaves a mark, and the holder looks again.
-- KEYS: epoch rooms
-- ARGV: room token claimMs
-- REPLY: {"room", json, now} | {"busy", claimUntil} | {"gone"} | {"rebuilding"}
local epoch, rooms = unpack(KEYS)
local id, token, claim_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])

if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local record = redis.call('HGET', rooms, id)
if not record then
  return { 'gone' }
end
local room = cjson.decode(record)
if room.claim and room.claim ~= token and room.claimUntil > now then
  room.again = true
  redis.call('HSET', rooms, id, cjson.encode(room))
  return { 'busy', tostring(room.claimUntil) }
end
-- The holder prolongs its claim while it works: the mark stays for its release. A new holder sees everything anyway.
if room.claim ~= token then
  room.again = nil
end
room.claim, room.claimUntil = token, now + claim_ms
record = cjson.encode(room)
redis.call('HSET', rooms, id, record)
return { 'room', record, tostring(now) }
