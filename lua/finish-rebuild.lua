-- finish-rebuild: the live state stands; from now on scripts change it again.
-- KEYS: epoch rebuild
-- ARGV: value
-- REPLY: {"finished"} | {"not_rebuilding"}
-- value: the token of the rebuild, which becomes the epoch. A rebuild that was overtaken, or whose work was lost again, finishes nothing.
local epoch, rebuild = unpack(KEYS)
if redis.call('EXISTS', epoch) == 1 or redis.call('GET', rebuild) ~= ARGV[1] then
  return { 'not_rebuilding' }
end
redis.call('DEL', rebuild)
redis.call('SET', epoch, ARGV[1])
return { 'finished' }
