-- stock-group: an empty, prepared group is ready to hold a room.
-- KEYS: epoch groups stock lease ledgerMailbox
-- ARGV: chat host holding
-- REPLY: {"stocked"} | {"known", place} | {"not_holder"} | {"rebuilding"}
-- EMITS: ledger: stocked
-- holding: the holder and token with which the caller took the host's lease; '' for who does not act as the host.
local epoch, groups, stock, lease, ledger = unpack(KEYS)
local chat, host, holding = unpack(ARGV)

if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
if holding ~= '' and string.match(redis.call('GET', lease) or '', '^(.*):%w+$') ~= holding then
  return { 'not_holder' }
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
