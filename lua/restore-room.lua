-- restore-room: after Redis lost its data, a room stands again as Postgres remembers it, and the room actor looks at it. Works only while rebuilding.
-- KEYS: epoch people rooms stage groups roomLease roomMailbox
-- ARGV: room json leaseMs
-- REPLY: {"restored"} | {"not_rebuilding"} | {"conflict", user}
-- EMITS: room: look
-- stage: the set of deadlines of the room's stage. The record's own deadline and version are set here: the room gets its full lease again.
local epoch, people, rooms, stage, groups, lease, mailbox = unpack(KEYS)
local id, lease_ms = ARGV[1], tonumber(ARGV[3])
if redis.call('EXISTS', epoch) == 1 then
  return { 'not_rebuilding' }
end
local room = cjson.decode(ARGV[2])
if room.stage ~= 'closing' then
  for _, user in ipairs({ room.a, room.b }) do
    local where = string.match(redis.call('HGET', people, user) or '', '^([^|]*)|')
    if where and where ~= id then
      return { 'conflict', user }
    end
  end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
room.since, room.deadline, room.activeAt = now, now + lease_ms, now
redis.call('HSET', rooms, id, cjson.encode(room))
redis.call('ZADD', stage, room.deadline, id)
redis.call('SET', lease, id, 'PX', lease_ms)
redis.call('HSET', groups, room.chat, id)
if room.stage ~= 'closing' then
  redis.call('HSET', people, room.a, id .. '|' .. now .. '||' .. room.b, room.b, id .. '|' .. now .. '||' .. room.a)
end
redis.call('XADD', mailbox, '*', 'type', 'look', 'room', id)
return { 'restored' }
