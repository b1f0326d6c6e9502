#include <algorithm>
#include <set>

#include "adapters/api/events_answer.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/ignored.hpp"
#include "adapters/api/present.hpp"

namespace heed::api {

tally tally_of(const std::vector<engine::outcome>& outcomes, const std::vector<std::string>& kinds) {
  tally t;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    switch (outcomes[i].accepted) {
      case accept_result::what::accepted:
        ++t.accepted;
        break;
      case accept_result::what::duplicate:
        ++t.duplicates;
        break;
      case accept_result::what::no_lead:
        t.without_lead.push_back(kinds.at(i));
        break;
    }
  }
  return t;
}

nlohmann::json decisions_json(const std::vector<engine::outcome>& outcomes) {
  auto all = nlohmann::json::array();
  for (const auto& o : outcomes)
    if (o.seq && !o.leads.empty())
      all.push_back({{"lead_id", o.leads.front().value}, {"seq", *o.seq}, {"facts", facts_json(o.facts)}});
  return all;
}

nlohmann::json calls_in_flight_json(const std::vector<engine::outcome>& outcomes) {
  std::set<std::string> all;
  for (const auto& o : outcomes)
    all.insert(o.calls_in_flight.begin(), o.calls_in_flight.end());
  return all;
}

namespace {

nlohmann::json ignored_json(const tally& t) {
  auto all = nlohmann::json::array();
  for (const auto& kind : t.without_lead)
    all.push_back({{"type", kind}, {"reason", "no_lead"}});
  return all;
}

bool all_decided(const std::vector<engine::outcome>& outcomes) {
  return std::ranges::all_of(outcomes, [](const auto& o) {
    return o.accepted != accept_result::what::accepted || o.seq.has_value();
  });
}

}  // namespace

void receive_events(const call_ptr& c) {
  // Before it is read: what is refused costs next to nothing.
  if (c->node().overloaded()) return c->refuse(store_error{errc::retry, "too many undecided stimuli"});
  auto parsed = inbound::parse_events(c->request.body, c->request.header("content-type"), c->node().now());
  if (!parsed) return c->refuse(from_hook(parsed.error()));
  std::vector<engine::submission> items;
  std::vector<std::string> kinds;
  for (auto& s : *parsed) {
    kinds.emplace_back(kind_name(s.body));
    items.push_back({c->workspace, std::move(s), std::nullopt});
  }
  const auto wait = preferred_wait(c->request);
  submitting(c, std::move(items), {wait.value_or(std::chrono::seconds(0)), !prefers_minimal(c->request)},
             [c, kinds, wait](std::vector<engine::outcome> outcomes) {
               const auto t = tally_of(outcomes, kinds);
               std::vector<ignored_event> nothing_done;
               for (const auto& kind : t.without_lead)
                 nothing_done.push_back({kind, "no_lead"});
               note_ignored(*c, "api", nothing_done);
               nlohmann::json body{
                   {"accepted", t.accepted}, {"duplicates", t.duplicates}, {"ignored", ignored_json(t)}};
               if (!wait) return c->answer(202, body);
               if (!prefers_minimal(c->request)) body["decisions"] = decisions_json(outcomes);
               body["calls_in_flight"] = calls_in_flight_json(outcomes);
               // Not all were decided within the time the caller would wait: accepted, as without the
               // preference.
               if (!all_decided(outcomes)) return c->answer(202, body);
               c->answer(200, body, preference_applied(c->request));
             });
}

}  // namespace heed::api
