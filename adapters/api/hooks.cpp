#include "adapters/api/events_answer.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/hook_request.hpp"
#include "adapters/api/idempotency.hpp"
#include "adapters/api/ignored.hpp"

namespace heed::api {

namespace {

void count(const call& c, std::string_view provider, std::string_view outcome) {
  if (c.opts().count_hook) c.opts().count_hook(provider, outcome);
}

std::string_view outcome_of(const inbound::hook_problem& p) {
  return p.status == 401 ? "unauthorized" : p.status == 413 ? "too_large" : "unprocessable";
}

}  // namespace

inbound::hook_request as_hook(const call& c) {
  inbound::hook_request r;
  r.method = c.request.method;
  r.url = c.opts().public_url + c.request.target;
  r.headers = c.request.headers;
  r.body = c.request.body;
  r.received_at = c.opts().real_now ? c.opts().real_now() : c.node().now();
  r.domain_now = c.node().now();
  return r;
}

namespace {

void answer_hook(const call_ptr& c, const inbound::hook_success& understood, const tally& t) {
  count(*c, c->param("provider"), "accepted");
  std::vector<ignored_event> nothing_done;
  for (const auto& e : understood.ignored)
    nothing_done.push_back({e.type, e.reason});
  for (const auto& e : t.without_lead)
    nothing_done.push_back({e, "no_lead"});
  note_ignored(*c, c->param("provider"), nothing_done);
  if (!understood.answer_type.empty() || understood.status == 204)
    return c->answer({understood.status, understood.answer_type, understood.answer_body, {}});
  auto ignored = nlohmann::json::array();
  for (const auto& e : nothing_done)
    ignored.push_back({{"type", e.type}, {"reason", e.reason}});
  c->answer(understood.status,
            {{"accepted", t.accepted}, {"duplicates", t.duplicates}, {"ignored", std::move(ignored)}});
}

void accept_hook(const call_ptr& c, inbound::hook_success understood) {
  std::vector<engine::submission> items;
  std::vector<std::string> kinds;
  for (auto& s : understood.stimuli) {
    kinds.emplace_back(kind_name(s.body));
    items.push_back({c->workspace, std::move(s), std::nullopt});
  }
  understood.stimuli.clear();
  if (items.empty()) return answer_hook(c, understood, {});
  const auto asked = items.size();
  c->node().submit(std::move(items), {},
                   [c, asked, kinds, understood](result<std::vector<engine::outcome>> done) {
                     if (!done) {
                       count(*c, c->param("provider"),
                             done.error().code == errc::retry ? "overloaded" : "failed");
                       return c->refuse(done.error());
                     }
                     if (done->size() != asked) return c->refuse(internal());
                     answer_hook(c, understood, tally_of(*done, kinds));
                   });
}

}  // namespace

void receive_hook(const call_ptr& c) {
  const auto& provider = c->param("provider");
  if (provider == "slack") return receive_slack(c);
  const auto* normalizer = inbound::find_normalizer(provider);
  const bool known = normalizer != nullptr && c->node().current_policy(c->workspace) != nullptr;
  auto settings =
      known && c->opts().hook_settings ? c->opts().hook_settings(c->workspace, provider) : std::nullopt;
  if (!settings) {
    count(*c, normalizer ? provider : "unknown", "unknown");
    return c->refuse(not_found());
  }
  auto understood = normalizer->normalize(as_hook(*c), *settings);
  if (!understood) {
    count(*c, provider, outcome_of(understood.error()));
    return c->refuse(from_hook(understood.error()));
  }
  guard_repeats(
      c, [understood = std::move(*understood)](const call_ptr& same) { accept_hook(same, understood); });
}

}  // namespace heed::api
