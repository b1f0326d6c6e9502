-- By which account a message went, where to, and when it arrived: what an account's latency is told by.
alter table campaign_result add column account text collate "C" not null default '';
alter table campaign_result add column domain text collate "C" not null default '';
alter table campaign_result add column handed_over bigint;
alter table campaign_result add column delivered_at bigint;
create index campaign_result_arrivals on campaign_result (workspace, account, handed_over, n) where handed_over is not null;
