-- The groups that are about to come into stock: all that this host prepares, and what hosts that work have begun lately.
-- What somebody else is stuck with is not counted: the stock must not wait for it.
-- Gives any number of rows.
select groups.chat_id as "chat" from groups join hosts using (host_id)
where groups.status = 'preparing' and (
  host_id = $<host>
  or (hosts.status in ('active', 'parked') and groups.changed_at > now() - interval '2 minutes')
)
