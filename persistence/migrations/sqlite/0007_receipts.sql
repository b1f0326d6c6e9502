-- By which account a message went, where to, and when it arrived: what an account's latency is told by.
alter table campaign_result add column account text not null default '';
alter table campaign_result add column domain text not null default '';
alter table campaign_result add column handed_over integer;
alter table campaign_result add column delivered_at integer;
create index campaign_result_arrivals on campaign_result (workspace, account, handed_over) where handed_over is not null;
