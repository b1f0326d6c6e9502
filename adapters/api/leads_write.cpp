#include "actors/lead/limits.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/crypto.hpp"
#include "adapters/api/events_answer.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/lead_lookup.hpp"
#include "adapters/api/present.hpp"
#include "adapters/api/upsert_body.hpp"

namespace heed::api {

namespace {

using header_list = std::vector<std::pair<std::string, std::string>>;

nlohmann::json identity_json(const engine::outcome& o) {
  return {{"lead_id", o.leads.front().value},
          {"seq", o.seq ? nlohmann::json(*o.seq) : nlohmann::json()},
          {"duplicate", o.accepted == accept_result::what::duplicate}};
}

/// Runs of the lead as they stand after the decision; `not_enrolled` says why a run asked for is not among
/// them.
void answer_upsert(const call_ptr& c, const engine::outcome& o) {
  if (prefers_minimal(c->request)) {
    const bool pending = o.accepted == accept_result::what::accepted && !o.seq;
    return c->answer(pending ? 202 : 200, identity_json(o), pending ? header_list{} : preference_applied(c->request));
  }
  reading(c, [c, o](store_reader& r) {
    const auto& lead = o.leads.front();
    const auto found = r.runs(c->workspace, {std::nullopt, {}, lead.value}, {limits::runs, {}});
    if (!found) return c->refuse(found.error());
    auto runs = present_runs(*c, r, found->items);
    if (!runs) return c->refuse(runs.error());
    auto refused = nlohmann::json::array();
    for (const auto& f : o.facts)
      if (const auto* no = std::get_if<not_enrolled>(&f))
        refused.push_back({{"campaign_id", no->campaign}, {"reason", no->reason}});
    const bool pending = o.accepted == accept_result::what::accepted && !o.seq;
    auto body = identity_json(o);
    body["runs"] = std::move(*runs);
    body["not_enrolled"] = std::move(refused);
    c->answer(pending ? 202 : 200, body, pending ? header_list{} : preference_applied(c->request));
  });
}

}  // namespace

void upsert_lead(const call_ptr& c) {
  const auto body = read_body(*c, body_need::required);
  if (!body) return;
  const auto p = c->node().current_policy(c->workspace);
  if (!p) return c->refuse(not_found());
  auto s = read_upsert(*body, *p, c->node().now());
  if (!s) return c->refuse(unprocessable(s.error()));
  // Without a name of its own an upsert is always decided: a value that changed and changed back must arrive twice.
  // One that is repeated finds its run there and changes nothing.
  const std::string given(c->request.header("idempotency-key"));
  if (!s->key.empty())
    s->key = "lead:" + s->key;
  else
    s->key = "lead:" + (given.empty() ? random_name() : sha256_hex(c->request.body + "\n" + given));
  const auto asked = preferred_wait(c->request);
  const auto wait = asked ? std::chrono::milliseconds(*asked) : c->opts().decision_wait;
  std::vector<engine::submission> items;
  items.push_back({c->workspace, std::move(*s), std::nullopt});
  submitting(c, std::move(items), {wait, !prefers_minimal(c->request)}, [c](std::vector<engine::outcome> outcomes) {
    if (outcomes.front().leads.empty()) return c->refuse(internal());
    answer_upsert(c, outcomes.front());
  });
}

}  // namespace heed::api
