#include "adapters/api/drafts_read.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/hook_request.hpp"
#include "adapters/api/ignored.hpp"
#include "adapters/slack/interactivity.hpp"

namespace heed::api {

namespace {

void count(const call& c, std::string_view outcome) {
  if (c.opts().count_hook) c.opts().count_hook("slack", outcome);
}

/// Every press on one version of a draft is one command, whoever presses and however often: its key says so.
stimulus as_command(const slack::press& p, time_point now) {
  command cmd;
  cmd.what = command_kind::approve_draft;
  cmd.by = "slack:" + p.user;
  cmd.reason = p.user_name;
  cmd.draft = p.asks.draft.draft;
  cmd.version = p.asks.draft.version;
  stimulus s;
  s.key = p.asks.key;
  s.occurred_at = s.received_at = now;
  s.source = "slack";
  s.body = std::move(cmd);
  return s;
}

void take_presses(const call_ptr& c, const slack::presses& found) {
  std::vector<ignored_event> ignored;
  for (const auto& e : found.ignored) ignored.push_back({e.type, e.reason});
  std::vector<engine::submission> items;
  for (const auto& p : found.all) {
    const auto lead = lead_of_draft(p.asks.draft.draft);
    if (lead && lead->value == p.asks.draft.lead)
      items.push_back({c->workspace, as_command(p, c->node().now()), *lead});
    else
      ignored.push_back({"block_actions", "unknown_draft"});
  }
  note_ignored(*c, "slack", ignored);
  count(*c, "accepted");
  if (items.empty()) return c->answer({200, "text/plain", "", {}});
  // Durable before it is answered; what came of it is told by changing the message.
  c->node().submit(std::move(items), {}, [c](result<std::vector<engine::outcome>> done) {
    if (!done) return c->refuse(done.error());
    c->answer({200, "text/plain", "", {}});
  });
}

}  // namespace

void receive_slack(const call_ptr& c) {
  const bool known = c->node().current_policy(c->workspace) != nullptr;
  const auto settings = known && c->opts().hook_settings ? c->opts().hook_settings(c->workspace, "slack") : std::nullopt;
  if (!settings) {
    count(*c, "unknown");
    return c->refuse(not_found());
  }
  const auto understood = slack::read_interaction(as_hook(*c), settings->secrets, c->workspace);
  if (!understood) {
    count(*c, understood.error().status == 401 ? "unauthorized" : "unprocessable");
    return c->refuse(from_hook(understood.error()));
  }
  if (const auto* asked = std::get_if<slack::challenge>(&*understood)) {
    count(*c, "accepted");
    return c->answer({200, "text/plain", asked->text, {}});
  }
  take_presses(c, std::get<slack::presses>(*understood));
}

}  // namespace heed::api
