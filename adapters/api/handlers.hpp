#pragma once

#include "adapters/api/call.hpp"

/// One function per route; the table that names them is routes.cpp.
namespace heed::api {

void show_unsubscribe(const call_ptr& c);
void unsubscribe(const call_ptr& c);

void show_session(const call_ptr& c);
void sign_in(const call_ptr& c);
void sign_out(const call_ptr& c);
void make_first_owner(const call_ptr& c);
void list_users(const call_ptr& c);
void put_user(const call_ptr& c);
void remove_user(const call_ptr& c);
void list_members(const call_ptr& c);
void put_member(const call_ptr& c);
void remove_member(const call_ptr& c);
void stream_changes(const call_ptr& c);

void receive_hook(const call_ptr& c);
void receive_events(const call_ptr& c);

void upsert_lead(const call_ptr& c);
void list_leads(const call_ptr& c);
void show_lead(const call_ptr& c);
void show_journal(const call_ptr& c);
void replay_lead(const call_ptr& c);
void show_curve(const call_ptr& c);
void show_latency(const call_ptr& c);

void take_lead(const call_ptr& c);
void hand_back_lead(const call_ptr& c);
void snooze_lead(const call_ptr& c);
void clear_poison(const call_ptr& c);
void lift_suppression(const call_ptr& c);

void list_drafts(const call_ptr& c);
void approve_draft(const call_ptr& c);
void reject_draft(const call_ptr& c);
void edit_draft(const call_ptr& c);
void regenerate_draft(const call_ptr& c);
void send_message(const call_ptr& c);
void receive_slack(const call_ptr& c);
void merge_lead(const call_ptr& c);
void unmerge_lead(const call_ptr& c);
void promote_address(const call_ptr& c);
void show_identity(const call_ptr& c);

void list_handoffs(const call_ptr& c);
void acknowledge_handoff(const call_ptr& c);

void list_suppressions(const call_ptr& c);
void add_suppressions(const call_ptr& c);
void lift_suppressions(const call_ptr& c);

void list_runs(const call_ptr& c);
void show_run(const call_ptr& c);
void pause_run(const call_ptr& c);
void resume_run(const call_ptr& c);
void retry_run(const call_ptr& c);
void approve_step(const call_ptr& c);
void reject_step(const call_ptr& c);
void show_queue(const call_ptr& c);

void list_campaigns(const call_ptr& c);
void show_campaign(const call_ptr& c);
void put_campaign(const call_ptr& c);
void enable_campaign(const call_ptr& c);
void disable_campaign(const call_ptr& c);
void pause_campaign(const call_ptr& c);
void resume_campaign(const call_ptr& c);
void prepare_campaign(const call_ptr& c);
void preview_campaign(const call_ptr& c);
void test_send(const call_ptr& c);
void begin_forecast(const call_ptr& c);
void show_forecast(const call_ptr& c);
void give_up_forecast(const call_ptr& c);
void check_campaign_text(const call_ptr& c);
void migrate_runs(const call_ptr& c);
void answer_overdue(const call_ptr& c);

void show_stop(const call_ptr& c);
void engage_stop(const call_ptr& c);
void release_stop(const call_ptr& c);

void list_accounts(const call_ptr& c);
void show_account(const call_ptr& c);
void put_account(const call_ptr& c);

void list_effects(const call_ptr& c);
void resolve_effect(const call_ptr& c);

void show_settings(const call_ptr& c);
void put_settings(const call_ptr& c);

void list_actions(const call_ptr& c);
void list_restraints(const call_ptr& c);
void report_days(const call_ptr& c);
void report_decisions(const call_ptr& c);
void list_sandbox(const call_ptr& c);
void list_ignored(const call_ptr& c);
void list_alerts(const call_ptr& c);

void create_key(const call_ptr& c);
void force_scan(const call_ptr& c);
void show_actors(const call_ptr& c);
void show_cluster(const call_ptr& c);
void drain_node(const call_ptr& c);
void restart_actor(const call_ptr& c);
void inject_chaos(const call_ptr& c);
void list_dead_letters(const call_ptr& c);
void requeue_dead_letter(const call_ptr& c);
void show_counts(const call_ptr& c);

void show_health(const call_ptr& c);
void show_readiness(const call_ptr& c);
void show_metrics(const call_ptr& c);
void show_openapi(const call_ptr& c);

}  // namespace heed::api
