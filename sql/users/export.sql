-- Everything that is stored about one person, each table as JSON (null or an empty list where there is nothing).
-- Gives one row.
select
  (select to_jsonb(users) from users where user_id = $<user>) as "profile",
  (select to_jsonb(active_users) from active_users where user_id = $<user>) as "active",
  (
    select coalesce(jsonb_agg(to_jsonb(theirs) order by theirs.made_at), '[]')
    from (
      select room_id, made_at, invited_at, opened_at, closing_at, closed_at, stage, reason,
        case when a = $<user> then entered_a_at else entered_b_at end as entered_at,
        ended_by is not distinct from $<user> as ended_by_this_person
      from rooms where a = $<user> or b = $<user>
    ) as theirs
  ) as "rooms",
  (
    select coalesce(jsonb_agg(jsonb_build_object('broadcast', broadcast_id, 'state', state, 'at', changed_at)), '[]')
    from broadcast_recipients where user_id = $<user>
  ) as "broadcasts",
  (select to_jsonb(bans) from bans where user_id = $<user>) as "ban",
  (
    select coalesce(jsonb_agg(jsonb_build_object('at', at, 'action', action, 'details', details) order by audit_id), '[]')
    from audit where subject = $<user>::text
  ) as "audit"
