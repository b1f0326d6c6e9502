#include <array>
#include <map>

#include "actors/campaign/document.hpp"
#include "actors/lead/migration.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/crypto.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/present.hpp"

/// One answer for all runs of a campaign that wait for it. Nothing here enrols or sends: each lead gets a
/// command of its own, and decides.
namespace heed::api {

using nlohmann::json;

namespace {

/// Runs looked at in one read and commands handed over at once.
constexpr std::size_t page_size = 500;

/// A walk over the live runs of one campaign, a page at a time: no reader and no list is held for all of
/// them.
struct walk {
  campaign_id campaign;
  std::vector<run_status> statuses;  ///< those still to be walked, the present one last
  page at{page_size, {}};
  bool preview = true;
  std::string word;  ///< of this request: what it repeats is dropped at the door
  /// The commands for these runs; counts what it finds.
  std::function<result<std::vector<std::pair<lead_id, command>>>(store_reader&,
                                                                 const std::vector<stored_run>&)>
      judge;
  std::uint64_t submitted = 0;
  std::function<void()> done;
};
using walk_ptr = std::shared_ptr<walk>;

void go_on(const call_ptr& c, const walk_ptr& w);

void hand_over(const call_ptr& c, const walk_ptr& w, std::vector<std::pair<lead_id, command>> commands) {
  w->submitted += commands.size();
  if (w->preview || commands.empty()) return go_on(c, w);
  std::vector<engine::submission> items;
  for (auto& [lead, cmd] : commands) {
    cmd.by = c->key->name;
    cmd.run = w->campaign.value;
    stimulus s;
    s.key = "cmd:" + c->caller() + ":" + w->word + ":" + lead.value;
    s.occurred_at = s.received_at = c->node().now();
    s.source = "operator";
    s.body = std::move(cmd);
    items.push_back({c->workspace, std::move(s), lead});
  }
  submitting(c, std::move(items), {}, [c, w](const auto&) { go_on(c, w); });
}

void go_on(const call_ptr& c, const walk_ptr& w) {
  if (w->statuses.empty()) return w->done();
  reading(c, [c, w](store_reader& r) {
    const auto found = r.runs(c->workspace, {w->statuses.back(), w->campaign.value, {}}, w->at);
    if (!found) return c->refuse(found.error());
    auto commands = w->judge(r, found->items);
    if (!commands) return c->refuse(commands.error());
    w->at.after = found->next;
    if (found->next.empty()) w->statuses.pop_back();
    hand_over(c, w, std::move(*commands));
  });
}

/// Audited before it begins; a preview changes nothing and needs no line.
void begin(const call_ptr& c, const walk_ptr& w, const std::string& what, const std::string& detail) {
  const std::string given(c->request.header("idempotency-key"));
  w->word = given.empty() ? random_name() : given;
  if (w->preview) return go_on(c, w);
  writing(c, [c, w, what, detail](store& s) {
    if (auto told = s.add_audit({c->workspace, c->key->name, what, detail, c->node().now()}); !told)
      return c->refuse(told.error());
    go_on(c, w);
  });
}

std::shared_ptr<const policy> policy_with(call& c, const campaign_id& id) {
  auto p = c.node().current_policy(c.workspace);
  if (p && p->find_campaign(id)) return p;
  c.refuse(not_found());
  return nullptr;
}

// ---- migrate-runs ----

struct migration_count {
  std::uint64_t already = 0;
  std::map<std::string, std::uint64_t> refused;
};

/// Why this run stays where it is; empty when it would move. The lead decides again, by the same rules.
std::string reason_to_stay(const campaign& plan, const run& r) {
  if (const auto place = place_in(plan, r); !place) return place.error();
  return r.touch || r.retry ? "a_step_is_under_way" : "";
}

result<std::vector<std::pair<lead_id, command>>> judge_migration(store_reader& r,
                                                                 const std::vector<stored_run>& runs,
                                                                 const campaign& plan,
                                                                 migration_count& count) {
  std::vector<lead_id> ids;
  for (const auto& each : runs)
    ids.push_back(each.lead);
  const auto rows = r.leads(ids);
  if (!rows) return tl::unexpected(rows.error());
  std::vector<std::pair<lead_id, command>> out;
  for (const auto& row : *rows) {
    const auto s = state_of(row);
    if (!s) return tl::unexpected(s.error());
    const auto* journey = s->find_run(plan.id);
    if (!journey || is_final(journey->status)) continue;
    if (journey->sequence_version == plan.current().version) {
      ++count.already;
    } else if (const auto why = reason_to_stay(plan, *journey); !why.empty()) {
      ++count.refused[why];
    } else {
      command cmd;
      cmd.what = command_kind::migrate_run;
      out.emplace_back(row.lead, std::move(cmd));
    }
  }
  return out;
}

// ---- overdue ----

result<std::vector<std::pair<lead_id, command>>> judge_overdue(const std::vector<stored_run>& runs,
                                                               const std::string& answer) {
  std::vector<std::pair<lead_id, command>> out;
  for (const auto& each : runs) {
    if (each.run.reason != to_string(pause_flag::overdue)) continue;
    command cmd;
    cmd.what = command_kind::answer_overdue;
    cmd.detail = answer;
    out.emplace_back(each.lead, std::move(cmd));
  }
  return out;
}

}  // namespace

void migrate_runs(const call_ptr& c) {
  const auto body = read_body(*c, body_need::optional);
  if (!body) return;
  problems found;
  object_reader in(*body, "", found);
  const auto w = std::make_shared<walk>();
  in.read("preview", w->preview);
  in.finish();
  if (!found.empty()) return c->refuse(unprocessable(found));
  w->campaign = campaign_id{c->param("campaign")};
  const auto p = policy_with(*c, w->campaign);
  if (!p) return;
  const auto* plan = p->find_campaign(w->campaign);
  const auto version = plan->current().version;
  const auto count = std::make_shared<migration_count>();
  w->statuses = {run_status::paused, run_status::running, run_status::pending};
  w->judge = [p, plan, count](store_reader& r, const std::vector<stored_run>& runs) {
    return judge_migration(r, runs, *plan, *count);
  };
  w->done = [c, w = w.get(), count, version] {
    c->answer(w->preview ? 200 : 202, {{"version", version},
                                       {"already", count->already},
                                       {w->preview ? "would_move" : "moved", w->submitted},
                                       {"refused", count->refused}});
  };
  begin(c, w, "runs_migrated", w->campaign.value + " to version " + std::to_string(version));
}

void answer_overdue(const call_ptr& c) {
  const auto body = read_body(*c, body_need::required);
  if (!body) return;
  problems found;
  object_reader in(*body, "", found);
  const auto w = std::make_shared<walk>();
  w->preview = false;
  const auto answer = in.text("answer").value_or("");
  if (answer != "send" && answer != "skip" && answer != "end")
    in.report("answer", "must be send, skip or end");
  in.read("preview", w->preview);
  in.finish();
  if (!found.empty()) return c->refuse(unprocessable(found));
  w->campaign = campaign_id{c->param("campaign")};
  if (!policy_with(*c, w->campaign)) return;
  w->statuses = {run_status::paused};
  w->judge = [answer](store_reader&, const std::vector<stored_run>& runs) {
    return judge_overdue(runs, answer);
  };
  w->done = [c, w = w.get(), answer] {
    c->answer(w->preview ? 200 : 202,
              {{"answer", answer}, {w->preview ? "would_answer" : "answered", w->submitted}});
  };
  begin(c, w, "overdue_answered", w->campaign.value + ": " + answer);
}

}  // namespace heed::api
