-- claim-deadline: a deadline has passed; exactly one caller wins and the room actor is told. The deadline moves a little, so that the
-- sweep comes back if the actor dies.
-- KEYS: epoch inviting open closing roomMailbox
-- ARGV: room retryMs
-- REPLY: {"claimed"} | {"early"} | {"gone"} | {"rebuilding"}
-- EMITS: room: look
local epoch, inviting, open, closing, mailbox = unpack(KEYS)
local id, retry = ARGV[1], tonumber(ARGV[2])

if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, stage in ipairs({ inviting, open, closing }) do
  local deadline = redis.call('ZSCORE', stage, id)
  if deadline then
    -- Redis calls a key expired when the clock is strictly past its instant.
    if tonumber(deadline) >= now then
      return { 'early' }
    end
    redis.call('ZADD', stage, now + retry, id)
    redis.call('XADD', mailbox, '*', 'type', 'look', 'room', id)
    return { 'claimed' }
  end
end
return { 'gone' }
