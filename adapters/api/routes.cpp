#include "adapters/api/handlers.hpp"
#include "adapters/api/router.hpp"

namespace heed::api {

// No route enrols a list of people or writes to everybody (SS-35, SS-58): whoever adds one gives automation a
// way around the lead that decides. Three answer for many at once, and none of them starts a touch: the
// suppression list only restrains, migrate-runs only re-places runs, and an overdue answer "send" only lifts
// the flag of runs that wait for it, each of which then passes all gates. test-send writes to one recipient
// that the configuration names.
const std::vector<route>& routes() {
  using enum access;
  static const std::vector<route> all{
      {"GET", "/healthz", open, role::reader, show_health},
      {"GET", "/readyz", open, role::reader, show_readiness},
      {"GET", "/openapi.json", open, role::reader, show_openapi},
      {"GET", "/metrics", operators, role::operator_, show_metrics},

      {"GET", "/u/{token}", open, role::reader, show_unsubscribe},
      {"POST", "/u/{token}", open, role::reader, unsubscribe},

      {"GET", "/v1/session", visitor, role::reader, show_session},
      {"POST", "/v1/session", visitor, role::reader, sign_in},
      {"DELETE", "/v1/session", visitor, role::reader, sign_out},
      {"POST", "/v1/first-run", visitor, role::reader, make_first_owner},
      {"GET", "/v1/users", operators, role::operator_, list_users},
      {"PUT", "/v1/users/{email}", operators, role::operator_, put_user},
      {"DELETE", "/v1/users/{email}", operators, role::operator_, remove_user},
      {"GET", "/v1/workspaces/{ws}/users", workspace, role::admin, list_members},
      {"PUT", "/v1/workspaces/{ws}/users/{email}", workspace, role::owner, put_member},
      {"DELETE", "/v1/workspaces/{ws}/users/{email}", workspace, role::owner, remove_member},
      {"GET", "/v1/workspaces/{ws}/stream", workspace, role::reader, stream_changes},

      {"POST", "/hooks/{ws}/{provider}", hook, role::reader, receive_hook},
      {"POST", "/v1/workspaces/{ws}/events", workspace, role::setter, receive_events},

      {"GET", "/v1/workspaces/{ws}/leads", workspace, role::reader, list_leads},
      {"POST", "/v1/workspaces/{ws}/leads", workspace, role::setter, upsert_lead},
      {"GET", "/v1/workspaces/{ws}/leads/{lead}", workspace, role::reader, show_lead},
      {"GET", "/v1/workspaces/{ws}/leads/{lead}/journal", workspace, role::reader, show_journal},
      {"GET", "/v1/workspaces/{ws}/leads/{lead}/replay", workspace, role::reader, replay_lead},
      {"POST", "/v1/workspaces/{ws}/leads/{lead}/take", workspace, role::setter, take_lead},
      {"POST", "/v1/workspaces/{ws}/leads/{lead}/handback", workspace, role::setter, hand_back_lead},
      {"POST", "/v1/workspaces/{ws}/leads/{lead}/snooze", workspace, role::setter, snooze_lead},
      {"POST", "/v1/workspaces/{ws}/leads/{lead}/clear-poison", workspace, role::admin, clear_poison},
      {"POST", "/v1/workspaces/{ws}/leads/{lead}/lift-suppression", workspace, role::admin, lift_suppression},

      {"POST", "/v1/workspaces/{ws}/leads/{lead}/messages", workspace, role::setter, send_message},
      {"GET", "/v1/workspaces/{ws}/drafts", workspace, role::reader, list_drafts},
      {"POST", "/v1/workspaces/{ws}/drafts/{draft}/approve", workspace, role::setter, approve_draft},
      {"POST", "/v1/workspaces/{ws}/drafts/{draft}/reject", workspace, role::setter, reject_draft},
      {"POST", "/v1/workspaces/{ws}/drafts/{draft}/edit", workspace, role::setter, edit_draft},
      {"POST", "/v1/workspaces/{ws}/drafts/{draft}/regenerate", workspace, role::setter, regenerate_draft},
      {"GET", "/v1/workspaces/{ws}/leads/{lead}/identity", workspace, role::reader, show_identity},
      {"POST", "/v1/workspaces/{ws}/leads/{lead}/merge", workspace, role::admin, merge_lead},
      {"POST", "/v1/workspaces/{ws}/leads/{lead}/unmerge", workspace, role::admin, unmerge_lead},
      {"POST", "/v1/workspaces/{ws}/leads/{lead}/promote", workspace, role::setter, promote_address},

      {"GET", "/v1/workspaces/{ws}/handoffs", workspace, role::reader, list_handoffs},
      {"POST", "/v1/workspaces/{ws}/handoffs/{lead}/acknowledge", workspace, role::setter,
       acknowledge_handoff},
      {"POST", "/v1/workspaces/{ws}/handoffs/{lead}/take", workspace, role::setter, take_lead},
      {"POST", "/v1/workspaces/{ws}/handoffs/{lead}/handback", workspace, role::setter, hand_back_lead},

      {"GET", "/v1/workspaces/{ws}/suppressions", workspace, role::reader, list_suppressions},
      {"POST", "/v1/workspaces/{ws}/suppressions", workspace, role::admin, add_suppressions},
      {"POST", "/v1/workspaces/{ws}/suppressions/lift", workspace, role::admin, lift_suppressions},

      {"GET", "/v1/workspaces/{ws}/campaigns", workspace, role::reader, list_campaigns},
      {"GET", "/v1/workspaces/{ws}/campaigns/{campaign}", workspace, role::reader, show_campaign},
      {"PUT", "/v1/workspaces/{ws}/campaigns/{campaign}", workspace, role::admin, put_campaign},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/enable", workspace, role::admin, enable_campaign},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/disable", workspace, role::admin, disable_campaign},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/pause", workspace, role::setter, pause_campaign},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/resume", workspace, role::admin, resume_campaign},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/prepare", workspace, role::admin, prepare_campaign},
      {"POST", "/v1/workspaces/{ws}/timing/curve", workspace, role::inbox_manager, show_curve},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/preview", workspace, role::setter, preview_campaign},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/check", workspace, role::setter, check_campaign_text},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/forecast", workspace, role::setter, begin_forecast},
      {"GET", "/v1/workspaces/{ws}/campaigns/{campaign}/forecast", workspace, role::reader, show_forecast},
      {"DELETE", "/v1/workspaces/{ws}/campaigns/{campaign}/forecast", workspace, role::setter, give_up_forecast},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/test-send", workspace, role::admin, test_send},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/migrate-runs", workspace, role::admin, migrate_runs},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/overdue", workspace, role::setter, answer_overdue},

      {"GET", "/v1/workspaces/{ws}/stop", workspace, role::reader, show_stop},
      {"PUT", "/v1/workspaces/{ws}/stop", workspace, role::setter, engage_stop},
      {"DELETE", "/v1/workspaces/{ws}/stop", workspace, role::admin, release_stop},
      {"GET", "/v1/workspaces/{ws}/campaigns/{campaign}/stop", workspace, role::reader, show_stop},
      {"PUT", "/v1/workspaces/{ws}/campaigns/{campaign}/stop", workspace, role::setter, engage_stop},
      {"DELETE", "/v1/workspaces/{ws}/campaigns/{campaign}/stop", workspace, role::admin, release_stop},
      {"GET", "/v1/workspaces/{ws}/accounts/{account}/stop", workspace, role::reader, show_stop},
      {"PUT", "/v1/workspaces/{ws}/accounts/{account}/stop", workspace, role::setter, engage_stop},
      {"DELETE", "/v1/workspaces/{ws}/accounts/{account}/stop", workspace, role::admin, release_stop},

      {"GET", "/v1/workspaces/{ws}/accounts", workspace, role::reader, list_accounts},
      {"GET", "/v1/workspaces/{ws}/accounts/{account}", workspace, role::reader, show_account},
      {"GET", "/v1/workspaces/{ws}/accounts/{account}/latency", workspace, role::reader, show_latency},
      {"PUT", "/v1/workspaces/{ws}/accounts/{account}", workspace, role::admin, put_account},

      {"GET", "/v1/workspaces/{ws}/settings", workspace, role::reader, show_settings},
      {"PUT", "/v1/workspaces/{ws}/settings", workspace, role::admin, put_settings},
      {"POST", "/v1/workspaces/{ws}/keys", workspace, role::admin, create_key},

      {"GET", "/v1/workspaces/{ws}/runs", workspace, role::reader, list_runs},
      {"GET", "/v1/workspaces/{ws}/runs/{run}", workspace, role::reader, show_run},
      {"POST", "/v1/workspaces/{ws}/runs/{run}/pause", workspace, role::setter, pause_run},
      {"POST", "/v1/workspaces/{ws}/runs/{run}/resume", workspace, role::setter, resume_run},
      {"POST", "/v1/workspaces/{ws}/runs/{run}/retry", workspace, role::setter, retry_run},
      {"POST", "/v1/workspaces/{ws}/runs/{run}/steps/{step}/approve", workspace, role::setter, approve_step},
      {"POST", "/v1/workspaces/{ws}/runs/{run}/steps/{step}/reject", workspace, role::setter, reject_step},
      {"GET", "/v1/workspaces/{ws}/effects", workspace, role::reader, list_effects},
      {"POST", "/v1/workspaces/{ws}/effects/{effect}/resolve", workspace, role::admin, resolve_effect},

      {"GET", "/v1/workspaces/{ws}/audience-actions", workspace, role::reader, list_actions},
      {"GET", "/v1/workspaces/{ws}/reports/decisions", workspace, role::reader, report_decisions},
      {"GET", "/v1/workspaces/{ws}/reports/days", workspace, role::reader, report_days},
      {"GET", "/v1/workspaces/{ws}/restraint", workspace, role::reader, list_restraints},
      {"GET", "/v1/workspaces/{ws}/sandbox", workspace, role::reader, list_sandbox},
      {"GET", "/v1/workspaces/{ws}/inbound/ignored", workspace, role::reader, list_ignored},
      {"GET", "/v1/workspaces/{ws}/alerts", workspace, role::reader, list_alerts},

      {"GET", "/sender/queue", own, role::reader, show_queue},
      {"GET", "/api/cron/sender-process", cron, role::operator_, force_scan},

      {"GET", "/admin/actors", operators, role::operator_, show_actors},
      {"POST", "/admin/actors/{path}/restart", operators, role::operator_, restart_actor},
      {"GET", "/admin/cluster", operators, role::operator_, show_cluster},
      {"POST", "/admin/drain", operators, role::operator_, drain_node},
      {"POST", "/admin/chaos", operators, role::operator_, inject_chaos},
      {"GET", "/admin/dead-letters", operators, role::operator_, list_dead_letters},
      {"POST", "/admin/dead-letters/{id}/requeue", operators, role::operator_, requeue_dead_letter},
      {"GET", "/admin/counts", operators, role::operator_, show_counts},
      {"GET", "/admin/stop", operators, role::operator_, show_stop},
      {"PUT", "/admin/stop", operators, role::operator_, engage_stop},
      {"DELETE", "/admin/stop", operators, role::operator_, release_stop},
  };
  return all;
}

}  // namespace heed::api
