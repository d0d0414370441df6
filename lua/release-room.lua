-- release-room: gives back a claim; if somebody came meanwhile, tells the room actor to look again.
-- KEYS: rooms roomMailbox
-- ARGV: room token
-- REPLY: {"released"} | {"again"} | {"lost"}
-- EMITS: room: look
local rooms, mailbox = unpack(KEYS)
local id, token = ARGV[1], ARGV[2]
local record = redis.call('HGET', rooms, id)
local room = record and cjson.decode(record)
if not room or room.claim ~= token then
  return { 'lost' }
end
local again = room.again
room.claim, room.claimUntil, room.again = nil, nil, nil
redis.call('HSET', rooms, id, cjson.encode(room))
if again then
  redis.call('XADD', mailbox, '*', 'type', 'look', 'room', id)
  return { 'again' }
end
return { 'released' }
