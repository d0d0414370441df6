-- restore-group: after Redis lost its data, a group is in stock or on its way to being disposed of again. Works only while rebuilding.
-- KEYS: epoch groups stock hostMailbox
-- ARGV: chat host place ('stock' or 'disposing')
-- REPLY: {"restored"} | {"known", place} | {"not_rebuilding"}
-- EMITS: host: dispose
local epoch, groups, stock, mailbox = unpack(KEYS)
local chat, host, place = ARGV[1], ARGV[2], ARGV[3]
if redis.call('EXISTS', epoch) == 1 then
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
