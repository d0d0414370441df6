-- finish-rebuild: the live state stands; from now on scripts change it again.
-- KEYS: epoch rebuild paused
-- ARGV: value pausedBy
-- REPLY: {"finished"} | {"not_rebuilding"}
-- value: the token of the rebuild, which becomes the epoch. pausedBy: who has paused matching, '' while it goes on: an older copy of Redis may
-- say something else. A rebuild that was overtaken, or whose work was lost again, finishes nothing.
local epoch, rebuild, paused = unpack(KEYS)
if redis.call('EXISTS', epoch) == 1 or redis.call('GET', rebuild) ~= ARGV[1] then
  return { 'not_rebuilding' }
end
redis.call('DEL', rebuild, paused)
if ARGV[2] ~= '' then
  redis.call('SET', paused, ARGV[2])
end
redis.call('SET', epoch, ARGV[1])
return { 'finished' }
