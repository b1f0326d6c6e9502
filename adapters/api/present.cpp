#include "adapters/api/present.hpp"

#include "persistence/codec/codec.hpp"
#include "persistence/commit_builder.hpp"

namespace heed::api {

using nlohmann::json;

json instant_json(const std::optional<time_point>& t) { return t ? json(to_iso(*t)) : json(); }
json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }

result<lead_state> state_of(const lead_row& row) {
  if (row.snapshot.empty()) return first_state(row);
  return codec::decode_lead_state(row.snapshot);
}

std::string who_is(const lead_state& s) {
  std::string name;
  for (const char* part : {"firstName", "lastName"})
    if (const auto found = s.fields.find(part); found != s.fields.end() && !found->second.empty())
      name += (name.empty() ? "" : " ") + found->second;
  if (!name.empty()) return name;
  return s.keys.empty() ? std::string{} : s.keys.front().value;
}

json run_json(const workspace_id& ws, const lead_id& lead, const run_row& r, std::int32_t score) {
  return {{"run_id", run_id(r.campaign, lead)},
          {"workspace", ws.value},
          {"lead_id", lead.value},
          {"campaign_id", r.campaign.value},
          {"status", std::string(to_string(r.status))},
          {"reason", text_or_null(r.reason)},
          {"cursor", r.cursor},
          {"next_at", instant_json(r.next_at)},
          {"waiting_at", text_or_null(r.waiting_at)},
          {"intent_score", score},
          {"landing_page", text_or_null(r.landing_page)},
          {"started_at", to_iso(r.started_at)}};
}

json history_json(const std::vector<history_row>& history) {
  auto all = json::array();
  for (const auto& h : history)
    all.push_back({{"at", to_iso(h.at)},
                   {"step", h.step},
                   {"step_id", h.step_name.value},
                   {"channel", std::string(to_string(h.on))},
                   {"outcome", std::string(to_string(h.outcome))},
                   {"detail", text_or_null(h.detail)}});
  return all;
}

json touch_json(const effect_row& e) {
  const auto slash = e.key.rfind('/');
  return {{"effect_id", e.id.value},
          {"step_id", slash == std::string::npos ? json() : json(e.key.substr(slash + 1))},
          {"account", text_or_null(e.account.value)},
          {"state", std::string(to_string(e.state))},
          {"attempts", e.attempt},
          {"planned_at", to_iso(e.planned_at)},
          {"claimed_at", instant_json(e.claimed_at)},
          {"provider_id", text_or_null(e.provider_id)},
          {"detail", text_or_null(e.detail)}};
}

json action_json(const stored_action& a) {
  return {{"type", a.action.type},
          {"campaignId", a.action.campaign.value},
          {"leadId", a.lead.value},
          {"timestamp", to_iso(a.action.at)},
          {"decisionId", a.action.decision_id},
          {"score", a.action.score},
          {"threshold", a.action.threshold}};
}

json sandbox_json(const sandbox_message& m) {
  return {{"number", m.number},
          {"lead_id", m.lead.value},
          {"effect_id", m.effect.value},
          {"channel", std::string(to_string(m.on))},
          {"from", m.from},
          {"to", m.to},
          {"subject", text_or_null(m.subject)},
          {"body", m.body},
          {"message_id", text_or_null(m.message_id)},
          {"in_reply_to", text_or_null(m.in_reply_to)},
          {"at", to_iso(m.at)}};
}

json dead_letter_json(const dead_letter& d) {
  const bool is_effect = d.inbox == 0;
  return {{"id", is_effect ? d.effect : std::to_string(d.inbox)},
          {"what", is_effect ? "effect" : "stimulus"},
          {"workspace", d.workspace.value},
          {"lead_id", d.lead.value},
          {"kind", d.kind},
          {"error", d.error},
          {"attempts", d.attempts},
          {"received_at", is_effect ? json() : json(to_iso(d.received_at))},
          {"died_at", to_iso(d.died_at)}};
}

json facts_json(const std::vector<fact>& facts) {
  auto all = json::array();
  for (const auto& f : facts)
    all.push_back(codec::to_json(f));
  return all;
}

json lead_line_json(const lead_row& row, const lead_state& state) {
  return {{"lead_id", row.lead.value},
          {"who", text_or_null(who_is(state))},
          {"seq", row.version},
          {"hot", state.hot.has_value()},
          {"handed_off", state.handoff.has_value()},
          {"suppressed", text_or_null(state.suppressed.value_or(""))},
          {"runs", state.runs.size()},
          {"merged_into", state.absorbed ? json(state.absorbed->into.value) : json()},
          {"last_decided", state.last_decided == time_point{} ? json() : json(to_iso(state.last_decided))}};
}

json message_json(const lead_row& row, const message_row& m) {
  json out{{"at", to_iso(m.at)},
           {"direction", m.inbound ? "inbound" : "outbound"},
           {"channel", std::string(to_string(m.on))},
           {"effect_id", text_or_null(m.effect)},
           {"subject", nullptr},
           {"text", nullptr}};
  // An erased lead's secret is gone: the line stays, its text is not to be had any more.
  if (const auto clear = codec::unseal(row.secret, message_context(row.lead), m.sealed)) {
    auto [subject, text] = split_message(*clear);
    out["subject"] = text_or_null(subject);
    out["text"] = std::move(text);
  }
  return out;
}

json decision_json(const lead_row& row, const journal_row& j) {
  json out{{"seq", j.seq},
           {"decision_id", decision_id(row.lead, j.seq)},
           {"decided_at", to_iso(j.decided_at)},
           {"kind", j.kind},
           {"revision", j.revision},
           {"rules_version", j.rules_version},
           {"stimulus", nullptr},
           {"circumstances", nullptr},
           {"facts", json::array()},
           {"effects", json::array()},
           {"verdicts", json::array()}};
  const auto clear = codec::unseal(row.secret, journal_context(row.lead, j.seq), j.body);
  if (!clear) return out;
  const auto entry = codec::decode_journal_entry(*clear);
  if (!entry) return out;
  auto all = codec::to_json(*entry);
  out["stimulus"] = std::move(all["what"]);
  out["circumstances"] = std::move(all["when"]);
  for (const char* part : {"facts", "effects", "verdicts"})
    out[part] = std::move(all["answer"][part]);
  return out;
}

}  // namespace heed::api
