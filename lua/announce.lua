-- announce: tells the ledger again what Redis holds about one person, room or group, because Postgres holds something else.
-- KEYS: epoch people waiting first rooms groups ledgerMailbox
-- ARGV: what id host
-- REPLY: {"announced"} | {"nothing"} | {"rebuilding"}
-- EMITS: ledger: waiting idle paired invited entered opened closing stocked
-- what: 'person', 'room' or 'group'; host: of the group. A person in a room is told of with the room.
local epoch, people, waiting, first, rooms, groups, ledger = unpack(KEYS)
local what, id, host = unpack(ARGV)
local call = redis.call

if call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

if what == 'person' then
  local where, since = string.match(call('HGET', people, id) or '|||', '^([^|]*)|([^|]*)|')
  local is_first = call('SISMEMBER', first, id) == 1
  if is_first or call('SISMEMBER', waiting, id) == 1 then
    local at = string.match(since, '^%d+') or now
    call('XADD', ledger, '*', 'type', 'waiting', 'users', id, 'at', at, 'first', is_first and '1' or '0')
  elseif where == '' or where == '+' or where == '!' then
    call('XADD', ledger, '*', 'type', 'idle', 'user', id, 'at', now)
  else
    return { 'nothing' }
  end
  return { 'announced' }
end

if what == 'group' then
  if call('HGET', groups, id) ~= 'stock' then
    return { 'nothing' }
  end
  call('XADD', ledger, '*', 'type', 'stocked', 'chat', id, 'host', host, 'at', now)
  return { 'announced' }
end

local json = call('HGET', rooms, id)
if not json then
  return { 'nothing' }
end
local room = cjson.decode(json)
call('XADD', ledger, '*', 'type', 'paired', 'room', id, 'a', room.a, 'b', room.b, 'chat', room.chat, 'host', room.host, 'at', room.at)
if room.link then
  -- The instants of the invitation are kept only as long as the room waits for its people.
  local inviting = room.stage == 'inviting'
  local at, deadline = inviting and room.since or room.at, inviting and room.deadline or room.since
  call('XADD', ledger, '*', 'type', 'invited', 'room', id, 'link', room.link, 'deadline', deadline, 'at', at)
end
for user, at in pairs({ [room.a] = room.enteredA, [room.b] = room.enteredB }) do
  call('XADD', ledger, '*', 'type', 'entered', 'room', id, 'user', user, 'at', at)
end
if room.enteredA and room.enteredB then
  call('XADD', ledger, '*', 'type', 'opened', 'room', id, 'at', math.max(room.enteredA, room.enteredB))
end
if room.stage == 'closing' then
  call('XADD', ledger, '*', 'type', 'closing', 'room', id, 'reason', room.reason or 'lost', 'by', room.by or '', 'at', room.since)
end
return { 'announced' }
