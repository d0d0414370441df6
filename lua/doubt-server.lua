-- doubt-server: when Redis is another process than the one that was looked at last (it restarted, or a replica took over), it may have come
-- back with older data: nothing changes until somebody has looked.
-- KEYS: epoch suspended server
-- ARGV:
-- REPLY: {"known"} | {"suspended"} | {"rebuilding"}
local epoch, suspended, server = unpack(KEYS)
local call = redis.call
local stands = call('EXISTS', epoch) == 1
local run, before = string.match(call('INFO', 'server'), 'run_id:(%w+)'), call('GET', server)
if not run or before == run then
  return { 'known' }
end
call('SET', server, run)
if not stands then
  return { 'rebuilding' }
end
-- Nobody looked before: there is nothing that Redis could have lost.
if not before then
  return { 'known' }
end
call('SET', suspended, call('GET', epoch))
call('DEL', epoch)
return { 'suspended' }
