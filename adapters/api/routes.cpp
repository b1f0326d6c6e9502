#include "adapters/api/handlers.hpp"
#include "adapters/api/router.hpp"

namespace heed::api {

// There is no route that writes to many leads, and none that takes a list of people (SS-35, SS-58): whoever
// adds one gives automation a way around the lead that decides.
const std::vector<route>& routes() {
  using enum access;
  static const std::vector<route> all{
      {"GET", "/healthz", open, role::reader, show_health},
      {"GET", "/readyz", open, role::reader, show_readiness},
      {"GET", "/openapi.json", open, role::reader, show_openapi},
      {"GET", "/metrics", operators, role::operator_, show_metrics},

      {"POST", "/hooks/{ws}/{provider}", hook, role::reader, receive_hook},
      {"POST", "/v1/workspaces/{ws}/events", workspace, role::setter, receive_events},

      {"GET", "/v1/workspaces/{ws}/leads", workspace, role::reader, list_leads},
      {"POST", "/v1/workspaces/{ws}/leads", workspace, role::setter, upsert_lead},
      {"GET", "/v1/workspaces/{ws}/leads/{lead}", workspace, role::reader, show_lead},
      {"GET", "/v1/workspaces/{ws}/leads/{lead}/journal", workspace, role::reader, show_journal},
      {"POST", "/v1/workspaces/{ws}/leads/{lead}/take", workspace, role::setter, take_lead},
      {"POST", "/v1/workspaces/{ws}/leads/{lead}/handback", workspace, role::setter, hand_back_lead},
      {"POST", "/v1/workspaces/{ws}/leads/{lead}/snooze", workspace, role::setter, snooze_lead},
      {"POST", "/v1/workspaces/{ws}/leads/{lead}/clear-poison", workspace, role::admin, clear_poison},
      {"POST", "/v1/workspaces/{ws}/leads/{lead}/lift-suppression", workspace, role::admin, lift_suppression},

      {"GET", "/v1/workspaces/{ws}/campaigns", workspace, role::reader, list_campaigns},
      {"GET", "/v1/workspaces/{ws}/campaigns/{campaign}", workspace, role::reader, show_campaign},
      {"PUT", "/v1/workspaces/{ws}/campaigns/{campaign}", workspace, role::admin, put_campaign},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/enable", workspace, role::admin, enable_campaign},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/disable", workspace, role::admin, disable_campaign},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/pause", workspace, role::setter, pause_campaign},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/resume", workspace, role::admin, resume_campaign},
      {"POST", "/v1/workspaces/{ws}/campaigns/{campaign}/prepare", workspace, role::admin, prepare_campaign},

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

      {"GET", "/v1/workspaces/{ws}/audience-actions", workspace, role::reader, list_actions},
      {"GET", "/v1/workspaces/{ws}/reports/decisions", workspace, role::reader, report_decisions},
      {"GET", "/v1/workspaces/{ws}/sandbox", workspace, role::reader, list_sandbox},

      {"GET", "/sender/queue", own, role::reader, show_queue},
      {"GET", "/api/cron/sender-process", cron, role::operator_, force_scan},

      {"GET", "/admin/actors", operators, role::operator_, show_actors},
      {"GET", "/admin/dead-letters", operators, role::operator_, list_dead_letters},
      {"POST", "/admin/dead-letters/{id}/requeue", operators, role::operator_, requeue_dead_letter},
      {"GET", "/admin/counts", operators, role::operator_, show_counts},
  };
  return all;
}

}  // namespace heed::api
