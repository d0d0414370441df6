-- resolve-alert: forgets an alert whose cause is gone and tells the administrators so, once.
-- KEYS: epoch alerts courierMailbox
-- ARGV: cause args admin... (args: the JSON object of the notice; then everybody who is told)
-- REPLY: {"resolved"} | {"unknown"} | {"rebuilding"}
-- EMITS: courier: notice
local epoch, alerts, courier = unpack(KEYS)
local cause, args = ARGV[1], ARGV[2]

if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
if redis.call('HDEL', alerts, cause) == 0 then
  return { 'unknown' }
end
for i = 3, #ARGV do
  redis.call('XADD', courier, '*', 'type', 'notice', 'to', ARGV[i], 'notice', 'alert_resolved', 'args', args)
end
return { 'resolved' }
