#include "runtime/observer.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/send.hpp>

#include "persistence/commit_builder.hpp"

namespace heed {
namespace {

/// One line per change of state: event id, then key=value. No address, no text of anybody.
struct logger {
  const lead_commit& commit;

  template <class... Args>
  void line(std::string_view event, spdlog::format_string_t<Args...> rest, Args&&... args) const {
    if (!spdlog::should_log(spdlog::level::info)) return;
    spdlog::info("{} lead={} seq={} {}", event, commit.lead.value, commit.journal.seq,
                 fmt::format(rest, std::forward<Args>(args)...));
  }

  void operator()(const enrolled& f) const {
    line("run.enrolled", "campaign={} by_form={}", f.campaign.value, f.by_form);
  }
  void operator()(const not_enrolled& f) const {
    line("run.refused", "campaign={} reason={}", f.campaign, f.reason);
  }
  void operator()(const promoted& f) const {
    line("lead.hot", "score={} threshold={} profile={} signals={}", f.score, f.threshold, f.profile,
         f.signals.size());
  }
  void operator()(const handed_off& f) const {
    line("lead.handed_off", "reason={} episode={}", f.reason, f.episode);
  }
  void operator()(const handed_back& f) const { line("lead.handed_back", "by={}", f.by); }
  void operator()(const reply_read& f) const {
    line("reply.read", "class={} rule={} confidence_pct={} led_to={}", reply::to_string(f.reading.kind), f.reading.rule,
         f.reading.confidence_pct, f.led_to);
  }
  void operator()(const reply_noted& f) const { line("lead.replied", "automated={}", f.automated); }
  void operator()(const human_touched& f) const { line("lead.human_touched", "until={}", to_iso(f.until)); }
  void operator()(const ticket_noted& f) const { line("lead.ticket", "open={}", f.open); }
  void operator()(const person_suppressed& f) const {
    line("lead.suppressed", "reason={} via={}", f.reason, f.via);
  }
  void operator()(const suppression_lifted& f) const { line("lead.unsuppressed", "by={}", f.by); }
  void operator()(const address_suppressed& f) const {
    line("lead.address_held", "kind={} reason={}", to_string(f.kind), f.reason);
  }
  void operator()(const run_paused& f) const {
    const bool held = f.flag == pause_flag::awaiting_approval;
    line(held ? "step.held" : "run.paused", "campaign={} reason={}", f.campaign.value, to_string(f.flag));
  }
  void operator()(const run_unpaused& f) const {
    line("run.resumed", "campaign={} reason={}", f.campaign.value, to_string(f.flag));
  }
  void operator()(const run_ended& f) const {
    const bool braked = f.reason == "suppressed_hot";
    line(braked ? "run.braked" : "run.ended", "campaign={} status={} reason={}", f.campaign.value,
         to_string(f.status), f.reason);
  }
  void operator()(const step_scheduled& f) const {
    if (f.why.empty()) return;
    line("step.waits", "campaign={} step={} why=\"{}\" until={}", f.campaign.value, f.step.value, f.why,
         f.next_at ? to_iso(*f.next_at) : "an event");
  }
  void operator()(const step_handled& f) const {
    line("step.handled", "campaign={} step={} channel={} outcome={} detail=\"{}\"", f.campaign.value,
         f.step.value, to_string(f.on), to_string(f.outcome), f.detail);
  }
  void operator()(const touch_planned& f) const {
    line("step.planned", "campaign={} step={} channel={} effect={}", f.campaign.value, f.step.value,
         to_string(f.on), f.effect.value);
  }
  void operator()(const handoff_acknowledged& f) const { line("lead.acknowledged", "by={}", f.by); }
  void operator()(const people_notified& f) const { line("people.notified", "what={} reason={}", f.what, f.reason); }
  void operator()(const bounce_noted& f) const {
    line("message.bounced", "campaign={} severity={} code={}", f.campaign.value, to_string(f.severity), f.code);
  }
  void operator()(const complaint_noted& f) const { line("message.complained", "campaign={}", f.campaign.value); }
  void operator()(const run_migrated& f) const {
    line("run.migrated", "campaign={} from={} to={} cursor={}", f.campaign.value, f.from_version, f.version, f.cursor);
  }
  void operator()(const poison_noted&) const { line("lead.poisoned", "outbound=paused"); }
  void operator()(const poison_cleared& f) const { line("lead.unpoisoned", "by={}", f.by); }
  void operator()(const lead_merged& f) const { line("lead.merged", "part={} merge={}", f.part.lead.value, f.part.merge); }
  void operator()(const lead_absorbed& f) const { line("lead.absorbed", "into={} merge={}", f.into.value, f.merge); }
  void operator()(const merge_refused& f) const { line("merge.refused", "other={} reason={}", f.other.value, f.reason); }
  void operator()(const lead_unmerged& f) const { line("lead.unmerged", "part={} merge={}", f.part.value, f.merge); }
  void operator()(const lead_restored& f) const { line("lead.restored", "from={} merge={}", f.from.value, f.merge); }
  void operator()(const run_restored& f) const { line("run.restored", "campaign={}", f.campaign.value); }
  /// The others change nothing that a reader of the log acts on.
  void operator()(const auto&) const {}
};

void add(campaign_counted& c, const report_row& row) {
  if (row.what == "enrolled") ++c.enrolled;
  if (row.what == "sent") ++c.sent;
  if (row.what == "skipped") ++c.skipped;
  if (row.what == "blocked") ++c.blocked;
  if (row.what == "suppressed") ++c.suppressed;
  if (row.what == "held") ++c.held;
  if (row.what == "waited") ++c.waited;
}

}  // namespace

void node_observer::attach(caf::actor_system& system, caf::actor campaigns_boss, const services& all) {
  std::unique_lock guard(lock_);
  all_ = &all;
  system_ = &system;
  boss_ = std::move(campaigns_boss);
}

void node_observer::detach() {
  std::unique_lock guard(lock_);
  system_ = nullptr;
  boss_ = nullptr;
  for (auto& [name, c] : counters_)
    c.actor = nullptr;
}

void node_observer::decided(const lead_commit& commit, const lead_state&, const decision& answer,
                            std::chrono::microseconds took) {
  figures_.decided(commit.journal.kind, took);
  for (const auto& f : answer.facts)
    std::visit(logger{commit}, f);
  const bool untold = std::ranges::any_of(answer.facts, [](const fact& f) {
    const auto* n = std::get_if<noted>(&f);
    return n && n->what == "nobody_told";
  });
  if (untold) figures_.nobody_told();
  count(commit);
  if (feed_ && feed_->wanted(commit.workspace)) tell(commit);
}

/// What changed, not how: a page that cares reads it.
void node_observer::tell(const lead_commit& commit) const {
  const nlohmann::json what{{"lead", commit.lead.value},
                            {"seq", commit.journal.seq},
                            {"kind", commit.journal.kind},
                            {"runs", !commit.runs.empty()},
                            {"handoff", commit.handed_off.has_value() || !commit.handoffs.empty()}};
  feed_->publish(commit.workspace, "lead", what.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void node_observer::buried(const lead_id& lead, std::string_view stimulus_kind, std::string_view error) {
  figures_.dead_letter();
  spdlog::error("lead.gave_up lead={} stimulus={} error=\"{}\"", lead.value, stimulus_kind, error);
}

caf::actor node_observer::counter_of(const workspace_id& ws, const campaign_id& campaign) {
  auto name = ws.value + "/" + campaign.value;
  {
    std::shared_lock guard(lock_);
    if (const auto found = counters_.find(name); found != counters_.end()) return found->second.actor;
  }
  std::unique_lock guard(lock_);
  if (!system_) return {};
  auto& c = counters_[name];
  if (c.actor) return c.actor;
  c.totals = std::make_shared<campaign_totals>();
  auto path = "campaigns/" + name;
  c.actor = system_->spawn<campaign_actor>(path, boss_, board_, c.totals, all_, ws, campaign);
  if (boss_) caf::anon_send(boss_, adopt{path, c.actor});
  return c.actor;
}

void node_observer::count(const lead_commit& commit) {
  std::map<campaign_id, campaign_counted> sums;
  for (const auto& row : commit.report)
    if (!row.campaign.empty()) add(sums[row.campaign], row);
  for (const auto& r : commit.runs)
    if (r.status == run_status::done) ++sums[r.campaign].finished;
  for (const auto& r : commit.results)
    if (r.is == campaign_result_row::what::hard_bounce || r.is == campaign_result_row::what::complaint) ++sums[r.campaign].harmed;
  for (const auto& [campaign, sum] : sums)
    if (auto to = counter_of(commit.workspace, campaign)) caf::anon_send(to, sum);
}

nlohmann::json node_observer::campaigns() const {
  std::shared_lock guard(lock_);
  auto out = nlohmann::json::object();
  for (const auto& [name, c] : counters_) {
    const auto& t = *c.totals;
    out[name] = {{"enrolled", t.enrolled.load()},
                 {"sent", t.sent.load()},
                 {"skipped", t.skipped.load()},
                 {"blocked", t.blocked.load()},
                 {"suppressed", t.suppressed.load()},
                 {"finished", t.finished.load()},
                 {"held", t.held.load()},
                 {"waited", t.waited.load()}};
  }
  return out;
}

}  // namespace heed
