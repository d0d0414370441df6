-- Everything that must outlive Redis. Telegram's ids are bigint; instants are timestamptz.

-- People who wrote to the bot, and what they said about themselves.
create table users (
  user_id         bigint primary key,
  username        text,
  language        text        not null default 'en',
  gender          text        check (gender in ('female', 'male', 'other')),
  nickname        text,
  -- A command that came before registration was complete, to go on with afterwards.
  pending_command text,
  created_at      timestamptz not null default now(),
  -- The last update of Telegram that changed this row: an older one, late from another replica, changes nothing.
  seen_update     bigint,
  seen_at         timestamptz not null default now(),
  -- False once the person blocked the bot or deleted the account.
  reachable       boolean     not null default true,
  -- When the person was told that a partner sees their Telegram profile inside a group.
  informed_at     timestamptz
);

-- The durable copy of the live state: who waits, and who sits in which room. Idle people have no row.
create table active_users (
  user_id       bigint primary key,
  state         text        not null check (state in ('waiting', 'paired')),
  since         timestamptz not null,
  room_id       text,
  first_in_line boolean     not null default false,
  -- The id, in the ledger's mailbox, of the fact that wrote the row.
  fact          text        not null,
  check ((state = 'paired') = (room_id is not null))
);
create index active_users_room on active_users (room_id) where room_id is not null;

-- One conversation of one pair, from match to closed. Instants are only ever filled in, so the stage only moves forward.
create table rooms (
  room_id           text primary key,
  a                 bigint      not null,
  b                 bigint      not null,
  chat_id           bigint      not null,
  host_id           int         not null,
  made_at           timestamptz not null,
  invited_at        timestamptz,
  entry_deadline_at timestamptz,
  entered_a_at      timestamptz,
  entered_b_at      timestamptz,
  opened_at         timestamptz,
  closing_at        timestamptz,
  closed_at         timestamptz,
  stage             text        not null generated always as (
    case
      when closed_at is not null then 'closed'
      when closing_at is not null then 'closing'
      when opened_at is not null then 'open'
      else 'inviting'
    end
  ) stored,
  reason            text,
  ended_by          bigint,
  -- The join-request link, until the room is gone: whoever finishes the room must be able to revoke it.
  link              text,
  check (a <> b),
  check (link is null or closed_at is null)
);
create index rooms_live on rooms (made_at) where closed_at is null;
create index rooms_closed on rooms (closed_at) where closed_at is not null;
create index rooms_newest on rooms (made_at desc);

-- Telegram accounts that own groups.
create table hosts (
  host_id      int generated always as identity primary key,
  -- Masked: enough for an operator to recognise the account.
  phone_label  text        not null,
  user_id      bigint      not null unique,
  -- Encrypted with SECRET_KEY.
  session      bytea       not null,
  status       text        not null default 'active' check (status in ('active', 'parked', 'quarantined')),
  parked_until timestamptz,
  -- Groups created on this UTC day.
  budget_day   date,
  budget_used  int         not null default 0,
  last_error   text,
  added_at     timestamptz not null default now()
);

-- Telegram groups. The row is written before the group is created: its marker is how a group whose creation was
-- never confirmed is found again.
create table groups (
  group_id    bigint generated always as identity primary key,
  marker      text        not null unique,
  host_id     int         not null references hosts,
  chat_id     bigint unique,
  access_hash bigint,
  status      text        not null default 'preparing'
    check (status in ('preparing', 'stock', 'held', 'disposing', 'deleted', 'lost')),
  room_id     text,
  created_at  timestamptz not null default now(),
  changed_at  timestamptz not null default now(),
  check (room_id is null or status = 'held')
);
create index groups_of_host on groups (host_id, status) where status not in ('deleted', 'lost');
create index groups_created on groups (host_id, created_at);

-- People who may not use the service; `until` null means for good. What led to it is in `audit`.
create table bans (
  user_id bigint primary key,
  until   timestamptz,
  reason  text        not null,
  made_by text        not null,
  made_at timestamptz not null default now()
);

-- Who did what as administrator or operator.
create table audit (
  audit_id bigint generated always as identity primary key,
  at       timestamptz not null default now(),
  actor    text        not null,
  action   text        not null,
  subject  text,
  details  jsonb
);

-- One row: which life of Redis this database belongs to, and how far the ledger has come in it.
create table deployment (
  only_row       boolean primary key default true check (only_row),
  epoch          text,
  ledger_ms      bigint not null default 0,
  ledger_seq     bigint not null default 0
);
insert into deployment default values;

-- The highest lease token seen per lease. Who comes with a lower one has lost the lease and must not write.
create table fences (
  name  text primary key,
  token bigint not null
);
