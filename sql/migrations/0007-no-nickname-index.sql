-- Nicknames are searched by regular expression, which this index cannot answer.
drop index users_nickname;
