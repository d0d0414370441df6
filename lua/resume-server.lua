-- resume-server: Redis restarted and came back with everything: from now on scripts change the live state again.
-- KEYS: epoch suspended
-- ARGV: value
-- REPLY: {"resumed"} | {"changed"}
-- value: the epoch as the caller saw it suspended.
local epoch, suspended = unpack(KEYS)
if redis.call('EXISTS', epoch) == 1 or redis.call('GET', suspended) ~= ARGV[1] then
  return { 'changed' }
end
redis.call('RENAME', suspended, epoch)
return { 'resumed' }
