-- repair-group: looks whether what is kept about a group agrees with itself (I4), and repairs what does not.
-- KEYS: epoch groups stock rooms hostMailbox
-- ARGV: dry chat host
-- REPLY: {"sound"} | {"fault", fault} | {"rebuilding"}
-- EMITS: host: dispose
-- dry: '1' to change nothing.
local epoch, groups, stock, rooms, mailbox = unpack(KEYS)
local dry, chat, host = ARGV[1] == '1', ARGV[2], ARGV[3]
local member = chat .. ':' .. host
local call = redis.call

if call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local place, in_stock = call('HGET', groups, chat), call('SISMEMBER', stock, member) == 1

local function dispose()
  if not dry then
    call('SREM', stock, member)
    call('HSET', groups, chat, 'disposing')
    call('XADD', mailbox, '*', 'type', 'dispose', 'chat', chat, 'room', '')
  end
end

if place == 'stock' then
  if in_stock then
    return { 'sound' }
  end
  if not dry then
    call('SADD', stock, member)
  end
  return { 'fault', 'not_in_stock' }
end
if not place then
  if not in_stock then
    return { 'sound' }
  end
  dispose()
  return { 'fault', 'no_place' }
end
if place ~= 'disposing' then
  local legible, room = pcall(cjson.decode, call('HGET', rooms, place) or '')
  if not legible or type(room) ~= 'table' or room.chat ~= chat then
    dispose()
    return { 'fault', 'held_by_nobody' }
  end
end
if in_stock then
  if not dry then
    call('SREM', stock, member)
  end
  return { 'fault', 'in_stock_too' }
end
return { 'sound' }
