-- invite-room: the link exists; both are told, and the time to come in begins.
-- KEYS: epoch waits rooms inviting roomLease courierMailbox ledgerMailbox
-- ARGV: room version link entryMs
-- REPLY: {"invited", deadline} | {"changed"} | {"gone"} | {"rebuilding"}
-- EMITS: courier: notice | ledger: invited
local epoch, waits, rooms, inviting, lease, courier, ledger = unpack(KEYS)
local id, version, link, entry = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])

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
if room.link == link then
  -- Said again after a lost answer: what it asks for has happened.
  return { 'invited', tostring(room.deadline) }
end
if room.version ~= version or room.stage ~= 'inviting' or room.link then
  return { 'changed' }
end
room.version, room.link, room.since, room.deadline = version + 1, link, now, now + entry
redis.call('HSET', rooms, id, cjson.encode(room))
redis.call('ZADD', inviting, room.deadline, id)
redis.call('SET', lease, id, 'PX', entry)
-- `find` leaves them to this script.
redis.call('ZREM', waits, room.a, room.b)
for _, user in ipairs({ room.a, room.b }) do
  redis.call('XADD', courier, '*', 'type', 'notice', 'to', user, 'notice', 'invitation', 'args', '{"room":"' .. id .. '"}')
end
redis.call('XADD', ledger, '*', 'type', 'invited', 'room', id, 'link', link, 'deadline', room.deadline, 'at', now)
return { 'invited', tostring(room.deadline) }
