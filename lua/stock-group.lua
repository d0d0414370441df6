-- stock-group: an empty, prepared group is ready to hold a room.
-- KEYS: epoch groups stock ledgerMailbox
-- ARGV: chat host
-- REPLY: {"stocked"} | {"known", place} | {"rebuilding"}
-- EMITS: ledger: stocked
local epoch, groups, stock, ledger = unpack(KEYS)
local chat, host = ARGV[1], ARGV[2]

if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local place = redis.call('HGET', groups, chat)
if place and place ~= 'disposing' then
  return { 'known', place }
end
redis.call('HSET', groups, chat, 'stock')
redis.call('SADD', stock, chat .. ':' .. host)
redis.call('XADD', ledger, '*', 'type', 'stocked', 'chat', chat, 'host', host, 'at', now)
return { 'stocked' }
