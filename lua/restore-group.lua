-- restore-group: after Redis lost its data, a group is in stock or on its way to being disposed of again. Works only within the newest rebuild.
-- KEYS: epoch rebuild groups stock hostMailbox
-- ARGV: token chat host place ('stock' or 'disposing')
-- REPLY: {"restored"} | {"known", place} | {"not_rebuilding"}
-- EMITS: host: dispose
local epoch, rebuild, groups, stock, mailbox = unpack(KEYS)
local token, chat, host, place = unpack(ARGV)
if redis.call('EXISTS', epoch) == 1 or redis.call('GET', rebuild) ~= token then
  return { 'not_rebuilding' }
end
local known = redis.call('HGET', groups, chat)
if known then
  return { 'known', known }
end
redis.call('HSET', groups, chat, place)
if place == 'stock' then
  redis.call('SADD', stock, chat .. ':' .. host)
else
  redis.call('XADD', mailbox, '*', 'type', 'dispose', 'chat', chat, 'room', '')
end
return { 'restored' }
