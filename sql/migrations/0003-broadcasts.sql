-- Messages from administrators to many people, and who has been sent which.

-- Whether a person wants such messages.
alter table users add column mailings boolean not null default true;

create table broadcasts (
  broadcast_id      bigint generated always as identity primary key,
  -- An administrator's user id, or `cli`.
  made_by           text        not null,
  text              text        not null,
  entities          jsonb,
  -- Telegram's file_id of a photo that the bot was sent.
  photo             text,
  button_text       text,
  button_url        text,
  -- To whom; null: to everybody.
  gender            text        check (gender in ('female', 'male', 'other')),
  language          text        check (language in ('en', 'ru')),
  seen_within_s     int         check (seen_within_s > 0),
  status            text        not null default 'draft' check (status in ('draft', 'running', 'paused', 'done')),
  -- Why it paused by itself.
  error             text,
  -- How many people it was meant for when it began.
  total             int,
  -- The message that shows its progress, and whose it is.
  progress_admin    bigint,
  progress_message  int,
  made_at           timestamptz not null default now(),
  started_at        timestamptz,
  finished_at       timestamptz,
  check ((button_text is null) = (button_url is null))
);
create index broadcasts_running on broadcasts (started_at) where status = 'running';

-- One row per person, written before the message is sent. `sending` is written right before the call: what a process that
-- died left there is in doubt, and is not sent again.
create table broadcast_recipients (
  broadcast_id bigint      not null references broadcasts on delete cascade,
  user_id      bigint      not null references users on delete cascade,
  state        text        not null default 'planned'
    check (state in ('planned', 'sending', 'sent', 'doubt', 'blocked', 'refused', 'skipped')),
  changed_at   timestamptz not null default now(),
  primary key (broadcast_id, user_id)
);
create index broadcast_recipients_open on broadcast_recipients (broadcast_id, user_id) where state in ('planned', 'sending');
create index broadcast_recipients_of on broadcast_recipients (user_id);

-- Whom each broadcast is for, as things stand now.
create view broadcast_audience as
select b.broadcast_id, u.user_id
from broadcasts b
join users u on
  u.reachable and u.mailings
  and (b.gender is null or u.gender = b.gender)
  and (b.language is null or (u.language ~* '^ru($|[-_])') = (b.language = 'ru'))
  and (b.seen_within_s is null or u.seen_at > coalesce(b.started_at, now()) - make_interval(secs => b.seen_within_s))
where not exists (select from bans where bans.user_id = u.user_id and (bans.until is null or bans.until > now()));
