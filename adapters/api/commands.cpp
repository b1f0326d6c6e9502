#include <algorithm>

#include "actors/campaign/document.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/commands.hpp"
#include "adapters/api/crypto.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/lead_lookup.hpp"
#include "adapters/api/present.hpp"
#include "adapters/api/recipients.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

constexpr std::size_t journal_page = 200;
constexpr std::int64_t seq_max = std::int64_t{1} << 53;

struct decided {
  std::uint64_t seq = 0;
  json facts = json::array();
  json verdicts = json::array();
};

decided read_decision(const lead_row& lead, const journal_row& row) {
  auto all = decision_json(lead, row);
  return {row.seq, std::move(all["facts"]), std::move(all["verdicts"])};
}

/// A command's answer is a function of its journal row (PROTOCOL): by number, or, for a repeat, by its key.
result<std::optional<decided>> find_decision(store_reader& r, const lead_row& lead, const std::string& key,
                                             std::optional<std::uint64_t> seq) {
  std::uint64_t after = seq ? *seq - 1 : 0;
  while (true) {
    const auto rows = r.journal(lead.lead, after, seq ? 1 : journal_page);
    if (!rows) return tl::unexpected(rows.error());
    for (const auto& row : rows->items)
      if (row.stimulus_key == key || (seq && row.seq == *seq)) return read_decision(lead, row);
    if (seq || rows->items.empty() || rows->next.empty()) return std::nullopt;
    after = rows->items.back().seq;
  }
}

std::optional<std::string> refusal_in(const json& facts) {
  for (const auto& f : facts)
    if (f.value("kind", "") == "noted" && f.value("what", "") == "refused") return f.value("reason", "");
  return std::nullopt;
}

void answer_command(call& c, const lead_id& lead, decided d, const std::vector<std::string>& calls, const json& beside) {
  if (const auto reason = refusal_in(d.facts)) {
    auto p = conflict("refused", "The lead refused this command: " + *reason,
                      "See `reason` and `verdicts` for what stands against it.");
    p.more = {
        {"reason", *reason}, {"lead_id", lead.value}, {"seq", d.seq}, {"verdicts", std::move(d.verdicts)}};
    return c.refuse(p);
  }
  json body{{"lead_id", lead.value}, {"seq", d.seq}, {"facts", std::move(d.facts)}, {"calls_in_flight", calls}};
  body.update(beside);
  c.answer(200, body, preference_applied(c.request));
}

void on_outcome(const call_ptr& c, const lead_id& lead, const std::string& key, const engine::outcome& o, const json& beside) {
  if (o.accepted == accept_result::what::no_lead) return c->refuse(not_found());
  const bool refused = o.seq && refusal_in(facts_json(o.facts));
  if (o.seq && !refused)
    return answer_command(*c, lead, {*o.seq, facts_json(o.facts), {}}, o.calls_in_flight, beside);
  reading(c, [c, lead, key, o, beside](store_reader& r) {
    const auto row = find_lead(*c, r, lead);
    if (!row) return;
    auto found = find_decision(r, *row, key, o.seq);
    if (!found) return c->refuse(found.error());
    if (*found) return answer_command(*c, lead, std::move(**found), o.calls_in_flight, beside);
    if (o.seq)
      return answer_command(*c, lead, {*o.seq, facts_json(o.facts), json::array()}, o.calls_in_flight, beside);
    json body{{"lead_id", lead.value}, {"seq", nullptr}, {"facts", json::array()}, {"calls_in_flight", o.calls_in_flight}};
    body.update(beside);
    c->answer(202, body);
  });
}

}  // namespace

void submit_order(const call_ptr& c, const lead_id& lead, stimulus_body what, json beside) {
  const auto given = c->request.header("idempotency-key");
  stimulus s;
  s.key = "cmd:" + c->caller() + ":" + (given.empty() ? random_name() : std::string(given));
  s.occurred_at = s.received_at = c->node().now();
  s.source = "operator";
  // The only command that names a channel says so in its detail.
  if (const auto* word = std::get_if<command>(&what); word && word->what == command_kind::send_message) s.on = parse_channel(word->detail);
  s.body = std::move(what);
  const auto key = s.key;
  const auto asked = preferred_wait(c->request);
  std::vector<engine::submission> items;
  items.push_back({c->workspace, std::move(s), lead});
  submitting(
      c, std::move(items), asked ? std::chrono::milliseconds(*asked) : c->opts().decision_wait,
      [c, lead, key, beside = std::move(beside)](std::vector<engine::outcome> outcomes) {
        on_outcome(c, lead, key, outcomes.front(), beside);
      });
}

void submit_command(const call_ptr& c, const lead_id& lead, command what) {
  what.by = c->key ? c->key->name : "";
  submit_order(c, lead, std::move(what));
}

namespace {

/// A command that lifts a restraint is written down with its caller before the lead hears of it.
void audit_and_submit(const call_ptr& c, const lead_id& lead, const command& what) {
  if (what.what != command_kind::lift_suppression) return submit_command(c, lead, what);
  writing(c, [c, lead, what](store& s) {
    const auto why = lead.value + ": " + what.detail + (what.reason.empty() ? "" : "; " + what.reason);
    if (auto told = s.add_audit({c->workspace, c->key->name, "suppression_lifted", why, c->node().now()});
        !told)
      return c->refuse(told.error());
    submit_command(c, lead, what);
  });
}

/// Reads the command's body by `fill`, checks that its lead or run exists here, and hands it over.
template <class Fill>
void run_command(const call_ptr& c, command_kind what, Fill fill) {
  const auto body = read_body(*c, body_need::optional);
  if (!body) return;
  command cmd;
  cmd.what = what;
  problems found;
  object_reader in(*body, "", found);
  if (const auto seq = in.number("expected_seq", 0, seq_max))
    cmd.expected_seq = static_cast<std::uint64_t>(*seq);
  fill(in, cmd);
  in.finish();
  if (!found.empty()) return c->refuse(unprocessable(found));
  const auto& run = c->param("run");
  const auto name = parse_run_id(run);
  if (!run.empty() && !name) return c->refuse(not_found());
  const auto lead = name ? name->lead : lead_id{c->param("lead")};
  if (name) cmd.run = name->campaign.value;
  reading(c, [c, name, lead, cmd = std::move(cmd)](store_reader& r) {
    if (!find_lead(*c, r, lead)) return;
    if (name && !find_run(*c, r, *name)) return;
    audit_and_submit(c, lead, cmd);
  });
}

}  // namespace

void run_lead_command(const call_ptr& c, const lead_id& lead, command_kind what,
                      const std::function<void(object_reader&, command&)>& fill) {
  const auto body = read_body(*c, body_need::optional);
  if (!body) return;
  command cmd;
  cmd.what = what;
  problems found;
  object_reader in(*body, "", found);
  if (const auto seq = in.number("expected_seq", 0, seq_max)) cmd.expected_seq = static_cast<std::uint64_t>(*seq);
  fill(in, cmd);
  in.finish();
  if (!found.empty()) return c->refuse(unprocessable(found));
  reading(c, [c, lead, cmd = std::move(cmd)](store_reader& r) {
    if (!find_lead(*c, r, lead)) return;
    const auto listed = listed_recipients(r, c->workspace, cmd);
    if (!listed) return c->refuse(listed.error());
    if (!listed->empty()) return c->refuse(unprocessable(*listed));
    submit_command(c, lead, cmd);
  });
}

namespace {

void read_reason(object_reader& in, command& cmd) { in.read("reason", cmd.reason); }

}  // namespace

void take_lead(const call_ptr& c) { run_command(c, command_kind::take, read_reason); }

void hand_back_lead(const call_ptr& c) {
  run_command(c, command_kind::hand_back, [](object_reader& in, command& cmd) {
    read_reason(in, cmd);
    if (cmd.reason.empty()) in.report("reason", "must say why the lead goes back to automation");
    cmd.resume_runs = in.texts("resume_runs");
    // Both names of a run are understood; the lead knows it by its campaign.
    for (auto& each : cmd.resume_runs)
      if (const auto name = parse_run_id(each)) each = name->campaign.value;
  });
}

void acknowledge_handoff(const call_ptr& c) { run_command(c, command_kind::acknowledge, read_reason); }

void snooze_lead(const call_ptr& c) {
  run_command(c, command_kind::snooze, [](object_reader& in, command& cmd) {
    read_reason(in, cmd);
    const auto text = in.text("until");
    cmd.until = text ? parse_iso(*text) : std::nullopt;
    if (!cmd.until) in.report("until", "must be an instant like 2026-11-27T09:00:00Z");
  });
}

void clear_poison(const call_ptr& c) { run_command(c, command_kind::clear_poison, read_reason); }

void lift_suppression(const call_ptr& c) {
  run_command(c, command_kind::lift_suppression, [](object_reader& in, command& cmd) {
    read_reason(in, cmd);
    in.read("source", cmd.detail);
    if (cmd.detail.empty()) in.report("source", "must name the new consent's source");
  });
}

void pause_run(const call_ptr& c) { run_command(c, command_kind::pause_run, read_reason); }
void resume_run(const call_ptr& c) { run_command(c, command_kind::resume_run, read_reason); }

void retry_run(const call_ptr& c) {
  run_command(c, command_kind::retry_step, [](object_reader& in, command& cmd) {
    read_reason(in, cmd);
    in.read("step", cmd.step);
    if (cmd.step.empty()) in.report("step", "must be the id of the step to try again");
  });
}

void approve_step(const call_ptr& c) {
  run_command(c, command_kind::approve_step, [&](object_reader& in, command& cmd) {
    read_reason(in, cmd);
    cmd.step = c->param("step");
  });
}

void reject_step(const call_ptr& c) {
  run_command(c, command_kind::reject_step, [&](object_reader& in, command& cmd) {
    read_reason(in, cmd);
    cmd.step = c->param("step");
  });
}

}  // namespace heed::api
