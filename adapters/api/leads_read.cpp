#include <charconv>
#include <set>

#include "adapters/api/drafts_read.hpp"
#include "actors/lead/identity/enrichment.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/lead_lookup.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/present.hpp"
#include "adapters/api/recipients.hpp"
#include "adapters/api/timing.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

constexpr std::size_t conversation_max = 80;

json keys_json(const lead_state& s) {
  auto all = json::array();
  for (const auto& k : s.keys)
    all.push_back(
        {{"kind", k.kind == key_kind::other ? k.name : std::string(to_string(k.kind))}, {"value", k.value}});
  return all;
}

json consent_json(const lead_state& s) {
  auto all = json::object();
  for (const auto& g : s.consents)
    all[std::string(to_string(g.on))] = {
        {"status", g.status == consent_status::granted ? "granted" : "withdrawn"},
        {"source", g.source},
        {"evidence", text_or_null(g.evidence)},
        {"at", to_iso(g.at)}};
  return all;
}

json suppression_json(const lead_state& s) {
  auto addresses = json::array();
  for (const auto& a : s.held_addresses)
    addresses.push_back({{"kind", std::string(to_string(a.kind))}, {"value", a.value}, {"reason", a.reason}});
  return {{"person", text_or_null(s.suppressed.value_or(""))}, {"addresses", std::move(addresses)}};
}

json handoff_json(const lead_state& s) {
  if (!s.handoff) return nullptr;
  return {{"since", to_iso(s.handoff->since)},
          {"reason", s.handoff->reason},
          {"by", text_or_null(s.handoff->by)},
          {"episode", s.handoff->episode}};
}

json tickets_json(const lead_state& s) {
  return {{"open", s.open_tickets}, {"last_close", instant_json(s.last_ticket_close)}};
}

/// 4R-42: whether somebody answered, what it was read as and what that led to; not sure = a human reads it.
json last_reply_json(const lead_state& s) {
  if (!s.last_reply) return nullptr;
  return {{"class", std::string(reply::to_string(*s.last_reply))},
          {"sure", s.last_reply_sure},
          {"led_to", text_or_null(s.last_reply_led_to)},
          {"at", instant_json(s.last_reply_at)}};
}

json proposals_json(const lead_state& s) {
  auto all = json::array();
  for (const auto& p : s.proposals)
    all.push_back({{"email", text_or_null(p.email)}, {"name", text_or_null(p.name)}, {"at", to_iso(p.at)}});
  return all;
}

/// Rows of the queue, with what only the lead itself knows of them.
json runs_json(const lead_row& row, const lead_state& s, const std::vector<run_row>& rows, const policy& p, time_point now) {
  auto all = json::array();
  for (const auto& each : rows) {
    auto one = run_json(row.workspace, row.lead, each, run_score(s, p, each.campaign, now));
    const auto* known = s.find_run(each.campaign);
    one["attribution"] = known ? json(known->attribution) : json::object();
    all.push_back(std::move(one));
  }
  return all;
}

/// Other leads that are the same person.
json parts_json(const lead_state& s) {
  auto all = json::array();
  for (const auto& p : s.parts)
    all.push_back({{"lead_id", p.lead.value}, {"merge", p.merge}, {"at", to_iso(p.at)}, {"by", p.by}, {"reason", text_or_null(p.reason)}});
  return all;
}

/// Who answers for the lead at present; null = the lead itself.
json replier_json(const lead_state& s) {
  if (!s.replier) return nullptr;
  return {{"email", s.replier->email}, {"name", text_or_null(s.replier->name)}, {"since", to_iso(s.replier->since)}};
}

json lead_json(const lead_row& row, const lead_state& s) {
  return {{"lead_id", row.lead.value},
          {"workspace", row.workspace.value},
          {"seq", row.version},
          {"keys", keys_json(s)},
          {"fields", s.fields},
          {"time_zone", text_or_null(s.time_zone)},
          {"owner", s.handoff ? "human" : "automation"},
          {"handoff", handoff_json(s)},
          {"unanswered_reply", s.unanswered_reply ? json(*s.unanswered_reply) : json()},
          {"last_reply", last_reply_json(s)},
          {"not_interested_until", instant_json(s.not_interested_until)},
          {"proposals", proposals_json(s)},
          {"human_silence_until", instant_json(s.human_silence_until)},
          {"snoozed_until", instant_json(s.snoozed_until)},
          {"consent", consent_json(s)},
          {"suppression", suppression_json(s)},
          {"tickets", tickets_json(s)},
          {"merged_into", s.absorbed ? json(s.absorbed->into.value) : json()},
          {"parts", parts_json(s)},
          {"replier", replier_json(s)},
          {"enrichment", text_or_null(std::string(enrichment_of(s.keys)))},
          {"poisoned", s.poisoned}};
}

/// `after` of a journal is the seq of the last decision seen.
std::optional<std::uint64_t> read_seq(call& c, const std::string& text) {
  std::uint64_t seq = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), seq);
  if (text.empty() || (ec == std::errc{} && end == text.data() + text.size())) return seq;
  c.refuse(unprocessable("after", "The cursor is no decision's number.",
                         "Send the `next` of the page before, or leave it out."));
  return std::nullopt;
}

constexpr std::size_t search_max = 254;

/// `?q=&status=`; none when they are bad, and then it has been answered.
std::optional<lead_filter> read_filter(call& c) {
  lead_filter f{std::string(c.request.query_value("q")), std::string(c.request.query_value("status"))};
  static const std::set<std::string> more{"", "handed_off", "suppressed", "poisoned"};
  if (f.q.size() > search_max) {
    c.refuse(
        unprocessable("q", "This is longer than any key.", "Send a part of an email address, number or id."));
    return std::nullopt;
  }
  if (more.contains(f.status) || parse_run_status(f.status)) return f;
  c.refuse(unprocessable("status", "This is no status of a lead.",
                         "Use handed_off, suppressed or poisoned, or a status of its runs: pending, running, "
                         "paused, suppressed, failed or done."));
  return std::nullopt;
}

}  // namespace

void list_leads(const call_ptr& c) {
  const auto p = read_page(*c);
  if (!p) return;
  const auto f = read_filter(*c);
  if (!f) return;
  reading(c, [c, p = *p, f = *f](store_reader& r) {
    const auto found = f.none() ? r.all_leads(c->workspace, p) : r.find_leads(c->workspace, f, p);
    if (!found) return c->refuse(found.error());
    auto items = json::array();
    for (const auto& row : found->items) {
      const auto s = state_of(row);
      if (!s) return c->refuse(s.error());
      items.push_back(lead_line_json(row, *s));
    }
    c->answer(200, page_json(std::move(items), found->next));
  });
}

void show_lead(const call_ptr& c) {
  reading(c, [c](store_reader& r) {
    const auto row = find_lead(*c, r, lead_id{c->param("lead")});
    if (!row) return;
    const auto s = state_of(*row);
    if (!s) return c->refuse(s.error());
    const auto p = c->node().current_policy(c->workspace);
    if (!p) return c->refuse(not_found());
    const auto runs = runs_of(r, c->workspace, row->lead);
    if (!runs) return c->refuse(runs.error());
    const auto messages = r.messages(row->lead, conversation_max);
    if (!messages) return c->refuse(messages.error());
    auto body = lead_json(*row, *s);
    body["recipients"] = recipients_json(*s, *p);
    body["intent"] = intent_json(*s, *p, c->node().now());
    body["runs"] = runs_json(*row, *s, *runs, *p, c->node().now());
    body["timing"] = timing_json(*s, *p, c->node().priors_of(c->workspace), c->node().now());
    body["drafts"] = json::array();
    for (const auto& x : s->drafts)
      body["drafts"].push_back(draft_json(*s, x, p->defaults, c->node().now()));
    body["conversation"] = json::array();
    for (const auto& m : *messages)
      body["conversation"].push_back(message_json(*row, m));
    c->answer(200, body);
  });
}

void replay_lead(const call_ptr& c) {
  if (!c->opts().replay) return c->refuse(not_found());
  reading(c, [c](store_reader& r) {
    if (const auto row = find_lead(*c, r, lead_id{c->param("lead")})) c->answer(200, c->opts().replay(r, *row));
  });
}

void show_journal(const call_ptr& c) {
  const auto p = read_page(*c);
  if (!p) return;
  const auto after = read_seq(*c, p->after);
  if (!after) return;
  reading(c, [c, limit = p->limit, after = *after](store_reader& r) {
    const auto row = find_lead(*c, r, lead_id{c->param("lead")});
    if (!row) return;
    const auto rows = r.journal(row->lead, after, limit);
    if (!rows) return c->refuse(rows.error());
    c->answer(200, page_json(*rows, [&](const journal_row& j) { return decision_json(*row, j); }));
  });
}

}  // namespace heed::api
