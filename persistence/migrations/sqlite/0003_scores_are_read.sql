-- A run's score is computed from its lead when it is read; it decays without anybody writing.
alter table run drop column intent_score;
