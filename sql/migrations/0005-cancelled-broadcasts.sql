-- A broadcast can be ended for good before everybody has got it.

alter table broadcasts drop constraint broadcasts_status_check;
alter table broadcasts add constraint broadcasts_status_check
  check (status in ('draft', 'running', 'paused', 'done', 'cancelled'));
