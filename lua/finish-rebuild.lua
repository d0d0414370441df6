-- finish-rebuild: the live state stands; from now on scripts change it again.
-- KEYS: epoch
-- ARGV: value
-- REPLY: {"finished"} | {"not_rebuilding"}
if redis.call('SET', KEYS[1], ARGV[1], 'NX') then
  return { 'finished' }
end
return { 'not_rebuilding' }
