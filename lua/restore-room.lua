-- restore-room: after Redis lost its data, a room stands again as Postgres remembers it, and the room actor looks at it. Works only within the
-- newest rebuild.
-- KEYS: epoch rebuild people rooms stage groups roomLease roomMailbox
-- ARGV: token room json leaseMs
-- REPLY: {"restored"} | {"conflict"} | {"not_rebuilding"}
-- EMITS: room: look
-- stage: the set of deadlines of the room's stage. The record's deadline and version are set here: the room gets its full lease again, and
-- a version that no commit from before the loss expects. conflict: one of the two is somewhere else, or the group is; nothing was changed.
local epoch, rebuild, people, rooms, stage, groups, lease, mailbox = unpack(KEYS)
local token, id, lease_ms = ARGV[1], ARGV[2], tonumber(ARGV[4])
local call = redis.call
if call('EXISTS', epoch) == 1 or call('GET', rebuild) ~= token then
  return { 'not_rebuilding' }
end
local room = cjson.decode(ARGV[3])
if room.stage ~= 'closing' then
  for _, user in ipairs({ room.a, room.b }) do
    local where = string.match(call('HGET', people, user) or '', '^([^|]*)|')
    if where and where ~= id then
      return { 'conflict' }
    end
  end
  if (call('HGET', groups, room.chat) or id) ~= id then
    return { 'conflict' }
  end
end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
room.version, room.since, room.deadline = now, now, now + lease_ms
if room.stage == 'open' then
  room.activeAt = now
end
call('HSET', rooms, id, cjson.encode(room))
call('ZADD', stage, room.deadline, id)
call('SET', lease, id, 'PX', lease_ms)
call('HSETNX', groups, room.chat, id)
if room.stage ~= 'closing' then
  call('HSET', people, room.a, id .. '|' .. now .. '||' .. room.b, room.b, id .. '|' .. now .. '||' .. room.a)
end
call('XADD', mailbox, '*', 'type', 'look', 'room', id)
return { 'restored' }
