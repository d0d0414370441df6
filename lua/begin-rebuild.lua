-- begin-rebuild: Redis lost its data (or an older copy of it came back): empties the live state, so that it can be restored from Postgres.
-- KEYS: epoch rebuild suspended people waiting first waits rooms inviting open closing groups stock ledgerMailbox roomMailbox roomLater courierMailbox courierLater
-- ARGV: seen token ledgerMs stale
-- REPLY: {"begun", floorMs} | {"changed"}
-- seen: the epoch as the caller saw it, '' for none; when it is another by now, somebody else has rebuilt. token: names this rebuild; the
-- restore scripts obey the newest only. ledgerMs: how far the ledger has come; its mailbox goes on behind that, even where the clock went
-- back, and nothing announced before is news. stale: '1' when what lies in the mailboxes is as old as the rest.
local epoch, rebuild, ledger = KEYS[1], KEYS[2], KEYS[14]
local seen, token, position, stale = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1'
local call = redis.call

if (call('GET', epoch) or '') ~= seen then
  return { 'changed' }
end
local time = call('TIME')
local floor = math.max(time[1] * 1000 + math.floor(time[2] / 1000), position + 1)
call('SET', rebuild, token)
call('DEL', epoch)
call('UNLINK', unpack(KEYS, 3, stale and #KEYS or 14))
-- A stream numbers its entries behind the last one it ever had.
call('XDEL', ledger, call('XADD', ledger, string.format('%d-0', floor), 'type', 'rebuild'))
return { 'begun', string.format('%d', floor) }
