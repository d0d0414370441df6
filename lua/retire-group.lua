-- retire-group: takes a group out of stock (it is gone from Telegram, or the bot lost its rights there) and has its host dispose of it.
-- KEYS: epoch groups stock lease hostMailbox
-- ARGV: chat host holding
-- REPLY: {"retired"} | {"in_use", place} | {"unknown"} | {"not_holder"} | {"rebuilding"}
-- EMITS: host: dispose
-- holding: as in stock-group.
local epoch, groups, stock, lease, mailbox = unpack(KEYS)
local chat, host, holding = unpack(ARGV)

if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
if holding ~= '' and string.match(redis.call('GET', lease) or '', '^(.*):%w+$') ~= holding then
  return { 'not_holder' }
end
local place = redis.call('HGET', groups, chat)
if not place then
  return { 'unknown' }
end
if place ~= 'stock' then
  return { 'in_use', place }
end
redis.call('SREM', stock, chat .. ':' .. host)
redis.call('HSET', groups, chat, 'disposing')
redis.call('XADD', mailbox, '*', 'type', 'dispose', 'chat', chat, 'room', '')
return { 'retired' }
