-- retire-group: takes a group out of stock (it is gone from Telegram, or the bot lost its rights there) and has its host dispose of it.
-- KEYS: epoch groups stock hostMailbox
-- ARGV: chat host
-- REPLY: {"retired"} | {"in_use", place} | {"unknown"} | {"rebuilding"}
-- EMITS: host: dispose
local epoch, groups, stock, mailbox = unpack(KEYS)
local chat, host = ARGV[1], ARGV[2]

if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
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
