-- enter-room: one of the pair is inside the group; when both are, the room opens.
-- KEYS: epoch rooms inviting open roomLease roomMailbox courierMailbox ledgerMailbox
-- ARGV: room user idleMs maxAgeMs
-- REPLY: {"entered"} | {"opened"} | {"already"} | {"stranger"} | {"closing"} | {"gone"} | {"rebuilding"}
-- EMITS: room: look | courier: notice | ledger: entered opened
local epoch, rooms, inviting, open, lease, mailbox, courier, ledger = unpack(KEYS)
local id, user, idle, max_age = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local call = redis.call

if call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local record = call('HGET', rooms, id)
if not record then
  return { 'gone' }
end
local room = cjson.decode(record)
if user ~= room.a and user ~= room.b then
  return { 'stranger' }
end
if room.stage == 'closing' then
  return { 'closing' }
end
local mine, other = 'enteredA', 'enteredB'
if user == room.b then
  mine, other = other, mine
end
if room[mine] then
  return { 'already' }
end
room[mine] = now
call('XADD', ledger, '*', 'type', 'entered', 'room', id, 'user', user, 'at', now)
if not room[other] then
  call('HSET', rooms, id, cjson.encode(room))
  call('XADD', courier, '*', 'type', 'notice', 'to', user, 'notice', 'entered', 'args', '{"room":"' .. id .. '"}')
  local partner = user == room.a and room.b or room.a
  call('XADD', courier, '*', 'type', 'notice', 'to', partner, 'notice', 'partner_entered', 'args', '{"room":"' .. id .. '"}')
  return { 'entered' }
end
room.stage, room.version, room.since, room.activeAt = 'open', room.version + 1, now, now
room.deadline = math.min(now + idle, room.at + max_age)
call('HSET', rooms, id, cjson.encode(room))
call('ZREM', inviting, id)
call('ZADD', open, room.deadline, id)
call('SET', lease, id, 'PX', math.max(1, room.deadline - now))
call('XADD', mailbox, '*', 'type', 'look', 'room', id)
call('XADD', ledger, '*', 'type', 'opened', 'room', id, 'at', now)
return { 'opened' }
