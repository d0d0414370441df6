-- Until when Telegram itself wants an account to rest. What operators do to the host (park, drain) leaves it alone.
alter table hosts add column flood_until timestamptz;
update hosts set flood_until = parked_until where last_error like '%Telegram asks this account to wait%';
