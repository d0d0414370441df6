-- raise-alert: remembers what is wrong and tells the administrators, once for each cause until it is resolved.
-- KEYS: epoch alerts courierMailbox
-- ARGV: cause args admin... (args: the JSON object of the notice; then everybody who is told)
-- REPLY: {"raised"} | {"known"} | {"rebuilding"}
-- EMITS: courier: notice
local epoch, alerts, courier = unpack(KEYS)
local cause, args = ARGV[1], ARGV[2]

if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
if redis.call('HSETNX', alerts, cause, args) == 0 then
  return { 'known' }
end
for i = 3, #ARGV do
  redis.call('XADD', courier, '*', 'type', 'notice', 'to', ARGV[i], 'notice', 'alert', 'args', args)
end
return { 'raised' }
