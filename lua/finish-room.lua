-- finish-room: Telegram is cleared up; nothing of the room stays, and its group goes back to stock or to its host to be disposed of.
-- KEYS: epoch rooms closing roomLease groups stock hostMailbox ledgerMailbox
-- ARGV: room version group ('stock' or 'disposing')
-- REPLY: {"finished"} | {"changed"} | {"gone"} | {"rebuilding"}
-- EMITS: host: dispose | ledger: gone
local epoch, rooms, closing, lease, groups, stock, host, ledger = unpack(KEYS)
local id, version, fate = ARGV[1], tonumber(ARGV[2]), ARGV[3]
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
if room.stage ~= 'closing' or room.version ~= version then
  return { 'changed' }
end
call('HDEL', rooms, id)
call('ZREM', closing, id)
call('DEL', lease)
-- A group that already left this room (its record was repaired) is somebody else's.
if call('HGET', groups, room.chat) == id then
  call('HSET', groups, room.chat, fate)
  if fate == 'stock' then
    call('SADD', stock, room.chat .. ':' .. room.host)
  else
    call('XADD', host, '*', 'type', 'dispose', 'chat', room.chat, 'room', id)
  end
end
call('XADD', ledger, '*', 'type', 'gone', 'room', id, 'chat', room.chat, 'group', fate, 'at', now)
return { 'finished' }
