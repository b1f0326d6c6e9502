#include <algorithm>

#include "actors/gateway/lead_name.hpp"
#include "adapters/api/stops.hpp"
#include "persistence/codec/codec.hpp"
#include "runtime/simulation/world.hpp"

/// What people of the workspace do, at bad moments: stops, commands, changes of policy, imports, answers to
/// doubt.
namespace heed::simulation {
namespace {

using namespace std::chrono_literals;

constexpr auto stop_grace = 300ms;
constexpr std::size_t everything = 100'000;

}  // namespace

void world::draw_doings() {
  auto& rolls = operator_rolls_;
  for (std::size_t i = 0; i < plan_.doings; ++i)
    later(rolls.between(1min, plan_.horizon), [this] { operate(); });
  later(plan_.horizon / 2, [this] { resolve_unknown(); });
}

void world::operate() {
  if (resting_) return;
  auto& rolls = operator_rolls_;
  const auto who = rolls.below(people_.size());
  static const std::vector<command_kind> commands{
      command_kind::take,        command_kind::hand_back,      command_kind::pause_run,
      command_kind::resume_run,  command_kind::retry_step,     command_kind::approve_step,
      command_kind::snooze,      command_kind::clear_poison,   command_kind::acknowledge,
      command_kind::migrate_run, command_kind::answer_overdue, command_kind::lift_suppression,
      command_kind::reject_step, command_kind::send_message};
  const auto kind = rolls.below(100);
  if (kind < 30) return command_lead(rolls.pick(commands), who);
  if (kind < 45) return command_draft();
  if (kind < 70) return stop_something();
  if (kind < 78) return change_policy();
  if (kind < 82) return import_suppression(who);
  if (kind < 86) return unsubscribe_by_link();
  merge_people(who);
}

void world::stop_something() {
  if (resting_) return;
  static const std::vector<kill_switch_row> switches{{{}, stop_scope::global, "", false, "", {}},
                                                     {home, stop_scope::workspace, "", false, "", {}},
                                                     {home, stop_scope::campaign, "spring", false, "", {}},
                                                     {home, stop_scope::account, "mail-a", false, "", {}}};
  const auto row = operator_rolls_.pick(switches);
  turn_switch(row, true);
  const auto most = operator_rolls_.chance(500) ? duration(5min) : duration(5h);
  later(operator_rolls_.between(1s, most), [this, row] { turn_switch(row, false); });
}

/// Just when a touch of this lead was planned.
void world::bad_moment(const lead_id& lead) {
  const auto found = std::ranges::find(people_, std::optional(lead), &person::lead);
  if (resting_ || found == people_.end()) return;
  const auto who = static_cast<std::size_t>(found - people_.begin());
  ++counts_["operator_bad_moment"];
  static const std::vector<command_kind> commands{command_kind::take, command_kind::pause_run,
                                                  command_kind::snooze};
  const auto kind = operator_rolls_.below(100);
  if (kind < 30) return stop_something();
  if (kind < 60) return command_lead(operator_rolls_.pick(commands), who);
  if (kind < 70) return import_suppression(who);
  // A reply, a ticket, an opt-out or a complaint.
  static const std::vector<std::uint64_t> words{0, 65, 83, 89};
  happen_to(who, operator_rolls_.pick(words));
}

/// Two of them turn out to be one person, and sometimes two after all.
void world::merge_people(std::size_t who) {
  auto& rolls = operator_rolls_;
  const auto part = rolls.below(people_.size());
  say_same_person(who, part, true);
  if (rolls.chance(500)) later(rolls.between(1s, 9h), [this, who, part] { say_same_person(who, part, false); });
}

void world::say_same_person(std::size_t stays, std::size_t part, bool same) {
  const auto& p = people_[stays];
  const auto& other = people_[part];
  if (resting_ || !p.lead || !other.lead) return;
  auto s = same ? about(p, "merge", merge_asked{*other.lead, "olga", "the same person", {}})
                : about(p, "unmerge", unmerge_asked{*other.lead, "olga", "two persons"});
  s.source = "operator";
  s.keys.clear();
  s.on.reset();
  ++counts_[same ? "operator_merge" : "operator_unmerge"];
  deliver(std::move(s), p.lead, stays);
}

void world::command_lead(command_kind what, std::size_t who) {
  const auto& p = people_[who];
  if (!p.lead) return;
  command c;
  c.what = what;
  c.by = "olga";
  c.run = operator_rolls_.chance(600) ? "spring" : "autumn";
  static const std::vector<std::string> steps{"hello", "reminder", "details"};
  c.step = operator_rolls_.pick(steps);
  if (what == command_kind::snooze) c.until = machine_.wall + 4h;
  if (what == command_kind::hand_back && operator_rolls_.chance(700)) c.resume_runs = {"spring", "autumn"};
  if (what == command_kind::answer_overdue) c.detail = operator_rolls_.chance(500) ? "send" : "skip";
  if (what == command_kind::lift_suppression) c.detail = "a new consent";
  if (what == command_kind::send_message) {
    c.subject = "A word";
    c.text = "May I call you, at " + std::to_string(names_) + "?";
    if (operator_rolls_.chance(250)) c.cc = {operator_rolls_.pick(people_).email};
  }
  auto s = about(p, "cmd", std::move(c));
  s.source = "operator";
  s.keys.clear();
  s.on.reset();
  ++counts_["operator_command"];
  deliver(std::move(s), p.lead, who);
}

/// Two people at once, now and then, as in Slack and the inbox.
void world::command_draft() {
  const auto found = reader_->drafts(home, draft::draft_status::pending, page{everything, {}});
  if (!found || found->items.empty()) return;
  auto& rolls = operator_rolls_;
  const auto& d = found->items[rolls.below(found->items.size())];
  static const std::vector<command_kind> kinds{command_kind::approve_draft, command_kind::approve_draft, command_kind::approve_draft,
                                               command_kind::edit_draft, command_kind::regenerate_draft, command_kind::reject_draft};
  const auto who = std::ranges::find(people_, std::optional(d.lead), &person::lead);
  if (who == people_.end()) return;
  for (unsigned i = 0, n = rolls.chance(300) ? 2 : 1; i < n; ++i) {
    command c;
    c.what = rolls.pick(kinds);
    c.by = i == 0 ? "olga" : "oskar";
    c.draft = d.draft.id;
    c.confirmed = rolls.chance(500);
    if (rolls.chance(150)) c.cc = {rolls.pick(people_).email};
    if (c.what == command_kind::edit_draft || rolls.chance(200)) c.text = "In my own words, " + std::to_string(names_) + ".";
    auto s = about(*who, "cmd", std::move(c));
    s.source = "operator";
    s.keys.clear();
    s.on.reset();
    ++counts_["operator_draft"];
    deliver(std::move(s), d.lead, static_cast<std::size_t>(who - people_.begin()));
  }
}

/// As the API does it: written, taken up by the workspace, and a stop is answered after its grace with what
/// is on the wire then. Until the answer nothing is promised.
void world::turn_switch(kill_switch_row row, bool engaged, int tries) {
  const auto again = [this, row, engaged, tries] { turn_switch(row, engaged, tries + 1); };
  if (!alive()) return later(10s, again);
  if (tries == 0) ++counts_[engaged ? "operator_stop" : "operator_go"];
  row.engaged = engaged;
  row.by = "olga";
  row.at = node_->now();
  // From the moment it is asked for, a release frees what an earlier answer promised.
  if (!engaged) checker_->stop_released(row);
  node_->write([this, row, again](store& s) {
    const auto put = s.put_kill_switch(row);
    if (!put) return later(1s, again);
    note("", std::string(row.engaged ? "stop of " : "go of ") + std::string(to_string(row.scope)) + " " +
                 row.name);
    // A stop may have been answered since its release was asked for.
    if (!row.engaged) checker_->stop_released(row);
    node_->reload(home, [this, row] {
      if (row.engaged && !dying_) node_->after(stop_grace, [this, row] { answer_stop(row); });
    });
  });
}

void world::answer_stop(const kill_switch_row& row) {
  if (!alive()) return;
  node_->read([this, row](store_reader& r) {
    const auto open = r.open_effects(std::nullopt, effect_state::in_flight, everything);
    const auto rows = r.kill_switches();
    // Somebody may have let it go meanwhile: such an answer says so, and promises nothing.
    if (!open || !rows || dying_ || !api::is_stopped(*rows, {row.scope, row.workspace, row.name})) return;
    std::set<std::string> listed;
    for (const auto& e : *open)
      listed.insert(e.id.value);
    note("", "stop answered, " + std::to_string(listed.size()) + " on the wire");
    checker_->stop_answered(row, std::move(listed));
  });
}

void world::change_policy() {
  if (!alive()) return;
  auto& rolls = operator_rolls_;
  const campaign_id spring{"spring"};
  auto& c = rules_.campaigns.at(spring);
  auto next = c;
  const auto kind = rolls.below(4);
  if (kind == 0)
    next.templates["next"].body =
        "Something else about spring, {firstName}, number " + std::to_string(++names_) + ".";
  if (kind == 1) next.enabled = !next.enabled;
  if (kind == 2) {
    next.sequences.push_back(next.current());
    next.sequences.back().version += 1;
    next.sequences.back().steps.back().essential = !next.sequences.back().steps.back().essential;
  }
  auto changed = rules_;
  changed.campaigns.at(spring) = next;
  if (kind == 3) {
    auto& a = changed.accounts.begin()->second;
    a.max_per_day = static_cast<std::uint32_t>(1 + rolls.below(6));
    checker_->know_cap(a.id, a.max_per_day);
  }
  ++counts_["operator_policy_change"];
  node_->write([this, changed](store& s) {
    const auto latest = reader_->latest_policy(home);
    if (!latest) return;
    const auto put =
        s.put_policy(home, latest->first, write_policy(changed), {home, "olga", "policy", "", machine_.wall});
    if (!put) return;
    rules_ = changed;
    note("", "policy revision " + std::to_string(*put));
    node_->reload(home, {});
  });
}

/// Who had said no elsewhere: listed first, then each lead that is known is told.
void world::import_suppression(std::size_t who) {
  if (!alive()) return later(10s, [this, who] { import_suppression(who); });
  const auto& p = people_[who];
  const lead_key key{key_kind::email, "", p.email};
  const suppression_row row{home,         codec::address_hash(home, key), "person", {}, "opt_out", "import",
                            machine_.wall};
  ++counts_["operator_suppression_import"];
  node_->write([this, row, key, who](store& s) {
    if (!s.add_suppressions(std::span(&row, 1))) return later(1s, [this, who] { import_suppression(who); });
    const auto lead = reader_->lead_by_key(home, key);
    if (!lead || !*lead) return;
    // A long list takes its time.
    later(operator_rolls_.between(0s, operator_rolls_.chance(500) ? duration(1s) : duration(30min)),
          [this, who, to = (*lead)->lead] {
            auto told = about(people_[who], "suppression", unsubscribed{{}, "suppression_list"});
            told.keys.clear();
            deliver(std::move(told), to, who);
          });
  });
}

void world::unsubscribe_by_link() {
  const auto& sent = providers_->accepted();
  if (sent.empty()) return;
  const auto& m = sent[operator_rolls_.below(sent.size())];
  const auto lead = lead_of_effect(m.effect.value);
  if (!lead) return;
  stimulus s;
  // The link names its message: who follows it twice says the same twice.
  s.key = "unsubscribe:" + m.effect.value;
  s.occurred_at = s.received_at = machine_.wall;
  s.source = "unsubscribe";
  unsubscribed what;
  what.message.effect = m.effect.value;
  what.via = "one_click";
  s.body = std::move(what);
  ++counts_["people_unsubscribe_link"];
  deliver(std::move(s), lead, people_.size());
}

/// An operator who looked at the provider's own list says what became of a doubtful call.
void world::resolve_unknown() {
  if (!alive()) return later(1min, [this] { resolve_unknown(); });
  node_->write([this](store& s) {
    const auto doubtful = reader_->open_effects(std::nullopt, effect_state::unknown, everything);
    if (!doubtful) return;
    for (const auto& e : *doubtful) {
      if (!e.claimed_at || node_->now() - *e.claimed_at < 10min || !operator_rolls_.chance(500)) continue;
      effect_outcome o;
      o.effect = e.id;
      o.attempt = e.attempt;
      o.result = providers_->has(e.id) ? send_result::accepted : send_result::absent;
      o.evidence = "operator";
      o.started_at = e.claimed_at;
      finish_request f;
      f.id = e.id;
      f.attempt = e.attempt;
      f.result = o.result;
      f.from_unknown = true;
      f.evidence = "operator";
      f.now = node_->now();
      f.body = codec::encode(codec::outcome_stimulus(o, f.now));
      write_batch batch;
      batch.finishes.push_back(std::move(f));
      ++counts_["operator_resolved_unknown"];
      // Whoever does not know what became of a write writes nothing more.
      if (!s.write(batch)) return;
      if (!dying_) node_->deliver_pending_of(home, e.lead);
    }
  });
}

void world::release_everything() {
  const auto rows = reader_->kill_switches();
  if (!rows) return;
  for (const auto& row : *rows)
    if (row.engaged) turn_switch(row, false);
}

}  // namespace heed::simulation
