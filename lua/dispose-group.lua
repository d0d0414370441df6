-- dispose-group: a group that nobody should have is to be deleted, if it still is where the caller saw it.
-- KEYS: epoch groups stock hostMailbox
-- ARGV: chat host seen
-- REPLY: {"disposing"} | {"changed"} | {"rebuilding"}
-- EMITS: host: dispose
-- seen: its place, '' for none.
local epoch, groups, stock, mailbox = unpack(KEYS)
local chat, host, seen = unpack(ARGV)
if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
if (redis.call('HGET', groups, chat) or '') ~= seen then
  return { 'changed' }
end
redis.call('SREM', stock, chat .. ':' .. host)
redis.call('HSET', groups, chat, 'disposing')
redis.call('XADD', mailbox, '*', 'type', 'dispose', 'chat', chat, 'room', '')
return { 'disposing' }
