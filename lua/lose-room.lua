-- lose-room: Postgres knows a room that Redis lost and that cannot be restored: it stands again in its last stage, both are told, and the room
-- actor clears up what is left of it on Telegram. Works while the live state stands, or (with a token) within the newest rebuild.
-- KEYS: epoch rebuild people waiting first rooms closing groups roomLease roomMailbox courierMailbox ledgerMailbox
-- ARGV: token room json closingMs tell
-- REPLY: {"lost"} | {"known"} | {"rebuilding"}
-- EMITS: room: look | courier: notice | ledger: closing
-- json: the record, without stage, version and deadline. tell: '' when both were told before, because the room was closing already.
local epoch, rebuild, people, waiting, first, rooms, closing, groups, lease, mailbox, courier, ledger = unpack(KEYS)
local token, id, closing_ms, tell = ARGV[1], ARGV[2], tonumber(ARGV[4]), ARGV[5] == '1'
local call = redis.call
local stands = call('EXISTS', epoch) == 1
if stands ~= (token == '') or (token ~= '' and call('GET', rebuild) ~= token) then
  return { 'rebuilding' }
end
if call('HEXISTS', rooms, id) == 1 then
  return { 'known' }
end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local room = cjson.decode(ARGV[3])
room.stage, room.version, room.since, room.deadline = 'closing', now, now, now + closing_ms
room.reason, room.by = room.reason or 'lost', room.by or ''
for _, user in ipairs({ room.a, room.b }) do
  local record = call('HGET', people, user)
  local where, mark, recents = string.match(record or id .. '|||', '^([^|]*)|[^|]*|([^|]*)|(.*)$')
  if where == id then
    call('HSET', people, user, (tell and '+' or '') .. '||' .. mark .. '|' .. recents)
  end
  if tell then
    call('XADD', courier, '*', 'type', 'notice', 'to', user, 'notice', 'closed', 'args', cjson.encode({
      room = id, reason = room.reason, byYou = false, came = room[user == room.a and 'enteredA' or 'enteredB'] ~= nil, missing = false,
      searching = call('SISMEMBER', waiting, user) + call('SISMEMBER', first, user) > 0, firstInLine = where == id, cooldownMs = 0,
    }))
  end
end
call('HSET', rooms, id, cjson.encode(room))
call('ZADD', closing, room.deadline, id)
call('SET', lease, id, 'PX', closing_ms)
-- A group that has another place by now is not this room's any more.
call('HSETNX', groups, room.chat, id)
call('XADD', mailbox, '*', 'type', 'look', 'room', id)
call('XADD', ledger, '*', 'type', 'closing', 'room', id, 'reason', room.reason, 'by', room.by, 'at', now)
return { 'lost' }
