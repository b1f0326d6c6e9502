// The restraint ledger: what was not sent, why, and what came after.
#include <array>
#include <set>

#include "adapters/api/handlers.hpp"
#include "adapters/api/lead_lookup.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/present.hpp"
#include "adapters/api/retry.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/commit_builder.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

/// Decisions of one lead that are looked through for what came after: the latest of them.
constexpr std::uint64_t decisions_looked_at = 200;
constexpr std::size_t events_shown = 10;

/// What may have come of keeping silent; the first in this order names the outcome.
constexpr std::array outcomes{
    std::pair{"spam_complaint", "complained"}, std::pair{"unsubscribed", "opted_out"},
    std::pair{"meeting_booked", "booked"},     std::pair{"reply_received", "replied"},
    std::pair{"form_submitted", "form"},       std::pair{"message_sent", "person_wrote"}};

bool matters(std::string_view kind) {
  return std::ranges::any_of(outcomes, [&](const auto& o) { return kind == o.first; });
}

/// A machine's answer is nobody's, and the echo of a message of ours is no person's. What was erased is taken
/// as it is named.
bool is_somebodys(const lead_row& row, const journal_row& j) {
  if (j.kind != "reply_received" && j.kind != "message_sent") return true;
  const auto clear = codec::unseal(row.secret, journal_context(row.lead, j.seq), j.body);
  const auto entry = clear ? codec::decode_journal_entry(*clear) : fail(errc::refused, "erased");
  if (!entry) return j.kind == "reply_received";
  if (const auto* reply = std::get_if<reply_received>(&entry->what.body)) return !reply->automated;
  return std::ranges::any_of(entry->answer.facts,
                             [](const fact& f) { return std::holds_alternative<human_touched>(f); });
}

struct happened {
  std::uint64_t seq = 0;
  time_point at{};
  std::string kind;
};

result<std::vector<happened>> events_of(store_reader& r, const lead_row& row) {
  const auto from = row.version > decisions_looked_at ? row.version - decisions_looked_at : 0;
  const auto rows = r.journal(row.lead, from, decisions_looked_at);
  if (!rows) return tl::unexpected(rows.error());
  std::vector<happened> out;
  for (const auto& j : rows->items)
    if (matters(j.kind) && is_somebodys(row, j)) out.push_back({j.seq, j.decided_at, j.kind});
  return out;
}

/// Everything about a lead that its lines need, read once a page.
struct known_lead {
  lead_row row;
  lead_state state;
  std::vector<happened> events;
};

result<std::map<lead_id, known_lead>> leads_of(store_reader& r, const std::vector<stored_restraint>& lines) {
  std::set<lead_id> asked;
  for (const auto& line : lines)
    asked.insert(line.lead);
  const std::vector<lead_id> ids(asked.begin(), asked.end());
  auto rows = r.leads(ids);
  if (!rows) return tl::unexpected(rows.error());
  std::map<lead_id, known_lead> out;
  for (auto& row : *rows) {
    auto s = state_of(row);
    if (!s) return tl::unexpected(s.error());
    auto events = events_of(r, row);
    if (!events) return tl::unexpected(events.error());
    const auto id = row.lead;
    out.emplace(id, known_lead{std::move(row), std::move(*s), std::move(*events)});
  }
  return out;
}

/// The steps that were not sent: the one that was passed over, or the rest of the run.
json withheld(const stored_restraint& line, const lead_state& s, const policy& p) {
  auto out = json::array();
  if (!line.step.value.empty()) {
    out.push_back({{"step_id", line.step.value},
                   {"channel", line.on ? json(std::string(to_string(*line.on))) : json()}});
    return out;
  }
  const auto* run = s.find_run(line.campaign);
  const auto* c = p.find_campaign(line.campaign);
  const auto* plan = run && c ? c->find_sequence(run->sequence_version) : nullptr;
  for (std::size_t i = run ? run->cursor : 0; plan && i < plan->steps.size(); ++i)
    out.push_back(
        {{"step_id", plan->steps[i].id.value}, {"channel", std::string(to_string(plan->steps[i].on))}});
  return out;
}

std::optional<std::string> refusal_of(const stored_restraint& line, const lead_state& s, const policy& p) {
  const auto* run = line.what == "blocked" ? s.find_run(line.campaign) : nullptr;
  return run ? retry_refusal(s, *run, line.step, p) : std::nullopt;
}

std::uint64_t seq_of(const stored_restraint& line) {
  const auto dash = line.decision_id.rfind('-');
  return dash == std::string::npos ? 0 : std::strtoull(line.decision_id.c_str() + dash + 1, nullptr, 10);
}

std::string reason_of(const stored_restraint& line) {
  constexpr std::string_view sender = "sender.";
  return line.what.starts_with(sender) ? line.what.substr(sender.size()) : line.reason;
}

json line_json(const stored_restraint& line, const known_lead* lead, const policy& p) {
  const bool of_step = !line.step.value.empty();
  json out{{"lead_id", line.lead.value},
           {"who", lead ? text_or_null(who_is(lead->state)) : json()},
           {"campaign_id", line.campaign.value},
           {"at", to_iso(line.at)},
           {"what", of_step ? line.what : "run_ended"},
           {"reason", reason_of(line)},
           {"decision_id", text_or_null(line.decision_id)},
           {"score", of_step ? json() : json(line.score)},
           {"threshold", of_step ? json() : json(line.threshold)},
           {"withheld", lead ? withheld(line, lead->state, p) : json::array()},
           {"retry", lead ? retry_json(refusal_of(line, lead->state, p)) : json()},
           {"afterwards", json::array()},
           {"outcome", nullptr}};
  if (!lead) return out;
  std::set<std::string_view> seen;
  const auto seq = seq_of(line);
  for (const auto& e : lead->events) {
    if (seq > 0 ? e.seq <= seq : e.at <= line.at) continue;
    seen.insert(e.kind);
    if (out["afterwards"].size() < events_shown)
      out["afterwards"].push_back({{"at", to_iso(e.at)}, {"kind", e.kind}, {"seq", e.seq}});
  }
  for (const auto& [kind, name] : outcomes)
    if (seen.contains(kind) && out["outcome"].is_null()) out["outcome"] = name;
  return out;
}

}  // namespace

namespace {

std::optional<restraint_filter> read_filter(call& c) {
  using kind = restraint_filter::kind;
  static const std::map<std::string_view, kind> kinds{{"", kind::any},
                                                      {"run_ended", kind::run_ended},
                                                      {"skipped", kind::skipped},
                                                      {"blocked", kind::blocked}};
  const auto found = kinds.find(c.request.query_value("what"));
  if (found != kinds.end())
    return restraint_filter{found->second, std::string(c.request.query_value("campaign"))};
  c.refuse(unprocessable("what", "This is no kind of restraint.",
                         "Use run_ended, skipped or blocked, or leave it out."));
  return std::nullopt;
}

}  // namespace

void list_restraints(const call_ptr& c) {
  const auto p = read_page(*c);
  if (!p) return;
  const auto f = read_filter(*c);
  if (!f) return;
  reading(c, [c, p = *p, f = *f](store_reader& r) {
    const auto rules = c->node().current_policy(c->workspace);
    if (!rules) return c->refuse(not_found());
    const auto found = r.restraints(c->workspace, f, p);
    if (!found) return c->refuse(found.error());
    const auto leads = leads_of(r, found->items);
    if (!leads) return c->refuse(leads.error());
    c->answer(200, page_json(*found, [&](const stored_restraint& line) {
                const auto known = leads->find(line.lead);
                return line_json(line, known == leads->end() ? nullptr : &known->second, *rules);
              }));
  });
}

}  // namespace heed::api
