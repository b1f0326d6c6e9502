#include "runtime/simulation/planted.hpp"

#include "persistence/codec/codec.hpp"
#include "persistence/memory/image.hpp"
#include "runtime/simulation/store_decorator.hpp"

namespace heed::simulation {
namespace {

using names = std::vector<std::string_view>;

struct description {
  planted_bug bug;
  std::string_view name;
  names found;
};

const std::vector<description>& descriptions() {
  using b = planted_bug;
  static const std::vector<description> all{
      {b::resend_with_fresh_key, "resend_with_fresh_key", {"one_message_per_touch"}},
      {b::orphans_planned_again, "orphans_planned_again", {"one_message_per_touch"}},
      {b::claim_not_written, "claim_not_written", {"call_after_claim"}},
      {b::claim_ignores_stops, "claim_ignores_stops", {"stop_holds_claims", "stop_holds_calls"}},
      {b::late_start_allowed, "late_start_allowed", {"stop_holds_calls"}},
      {b::cancels_lost, "cancels_lost", {"claim_is_the_plan"}},
      {b::consumed_row_kept, "consumed_row_kept", {"decided_once", "store_audit"}},
      {b::stimulus_lost, "stimulus_lost", {"answer_after_commit"}},
      {b::stimulus_doubled, "stimulus_doubled", {"accepted_once"}},
      {b::snapshot_differs, "snapshot_differs", {"journal_replays"}},
      {b::cursor_falls, "cursor_falls", {"cursor_monotone"}},
      {b::cap_not_asked, "cap_not_asked", {"caps_kept"}},
      {b::gap_not_kept, "gap_not_kept", {"lead_gap_kept"}},
      {b::timer_forgotten, "timer_forgotten", {"timer_kept"}},
      {b::timer_early, "timer_early", {"timer_not_early"}},
      {b::outcome_lost, "outcome_lost", {"effects_settled", "one_message_per_touch"}},
      {b::journal_row_lost, "journal_row_lost", {"store_audit", "journal_replays"}},
      {b::old_epoch, "old_epoch", {"epoch_of_the_node"}},
  };
  return all;
}

const description& of(planted_bug b) {
  for (const auto& d : descriptions())
    if (d.bug == b) return d;
  static const description nothing{planted_bug::none, "none", {}};
  return nothing;
}

/// A store with one bug. It works on the image where the port alone cannot be wrong enough.
class buggy_store final : public store_decorator {
 public:
  buggy_store(std::unique_ptr<store> sound, std::shared_ptr<memory::image> image, planted_bug bug)
      : store_decorator(std::move(sound)), image_(std::move(image)), bug_(bug) {}

  result<node_identity> attach(time_point now) override {
    if (bug_ == planted_bug::orphans_planned_again) plan_orphans();
    return inner().attach(now);
  }

  result<write_result> write(const write_batch& given) override {
    auto batch = given;
    for (auto& c : batch.commits)
      spoil(c);
    for (auto& item : batch.accepts)
      if (bug_ == planted_bug::stimulus_doubled) item.key += "~" + std::to_string(++made_up_);
    if (bug_ == planted_bug::cap_not_asked)
      for (auto& c : batch.claims)
        c.limits = {};
    if (bug_ == planted_bug::claim_not_written && !batch.claims.empty()) return claim_nothing(batch);
    if (bug_ == planted_bug::outcome_lost && !batch.finishes.empty()) return finish_nothing(batch);
    if (bug_ == planted_bug::stimulus_lost && !batch.accepts.empty() && ++made_up_ % 9 == 0)
      return accept_nothing(batch);
    if (bug_ == planted_bug::claim_ignores_stops) return with_switches_off(batch);
    auto out = inner().write(batch);
    if (out && bug_ == planted_bug::journal_row_lost && !batch.commits.empty() && ++made_up_ % 5 == 0)
      lose_row(batch.commits.front());
    return out;
  }

 private:
  void spoil(lead_commit& c) {
    switch (bug_) {
      case planted_bug::cancels_lost:
        c.cancels.clear();
        return;
      case planted_bug::consumed_row_kept:
        if (++made_up_ % 7 == 0) c.consumed.clear();
        return;
      case planted_bug::snapshot_differs:
        if (auto state = codec::decode_lead_state(c.snapshot); state && ++made_up_ % 5 == 0) {
          state->fields["firstName"] = "Somebody";
          c.snapshot = codec::encode(*state);
        }
        return;
      case planted_bug::cursor_falls:
        for (auto& r : c.runs)
          if (r.cursor > 0 && r.status == run_status::suppressed) --r.cursor;
        return;
      case planted_bug::timer_forgotten:
        if (++made_up_ % 4 == 0) c.due.reset();
        return;
      case planted_bug::timer_early:
        if (c.due) *c.due = c.journal.decided_at + (*c.due - c.journal.decided_at) / 2;
        return;
      default:
        return;
    }
  }

  void plan_orphans() {
    std::vector<effect_id> calls;
    memory::each_of(image_->effects_in, effect_state::in_flight,
                    [&](const auto& key, const auto&) { calls.push_back(std::get<2>(key)); });
    for (const auto& id : calls) {
      auto& e = image_->effects.edit(id);
      image_->effects_in.erase({e.row.state, e.n, id});
      image_->effects_in.insert({effect_state::planned, e.n, id}, {});
      e.row.state = effect_state::planned;
    }
    image_->undo.forget();
  }

  result<write_result> claim_nothing(write_batch& batch) {
    const auto claims = std::exchange(batch.claims, {});
    auto out = inner().write(batch);
    if (!out) return out;
    for (const auto& c : claims) {
      const auto* e = image_->effects.find(c.id);
      claim_result r;
      r.attempt = e == nullptr ? 1 : e->row.attempt + 1;
      out->claims.push_back(r);
    }
    return out;
  }

  result<write_result> finish_nothing(write_batch& batch) {
    const auto finishes = std::exchange(batch.finishes, {});
    auto out = inner().write(batch);
    if (out) out->finishes.resize(finishes.size());
    return out;
  }

  result<write_result> accept_nothing(write_batch& batch) {
    const auto accepts = std::exchange(batch.accepts, {});
    auto out = inner().write(batch);
    if (!out) return out;
    for (const auto& item : accepts) {
      accept_result r;
      r.leads.push_back({item.candidate, 0, true});
      out->accepts.push_back(r);
    }
    return out;
  }

  result<write_result> with_switches_off(const write_batch& batch) {
    std::vector<kill_switch_row> engaged;
    for (const auto& [key, row] : image_->switches)
      if (row.engaged) engaged.push_back(row);
    for (auto row : engaged) {
      row.engaged = false;
      (void)inner().put_kill_switch(row);
    }
    auto out = inner().write(batch);
    for (const auto& row : engaged)
      (void)inner().put_kill_switch(row);
    return out;
  }

  void lose_row(const lead_commit& c) {
    if (const auto* n = image_->lead_numbers.find(c.lead)) image_->journal.erase({*n, c.journal.seq});
    image_->undo.forget();
  }

  std::shared_ptr<memory::image> image_;
  planted_bug bug_;
  std::uint64_t made_up_ = 0;
};

}  // namespace

std::string_view to_string(planted_bug b) { return of(b).name; }

const std::vector<planted_bug>& planted_bugs() {
  static const std::vector<planted_bug> all = [] {
    std::vector<planted_bug> out;
    for (const auto& d : descriptions())
      out.push_back(d.bug);
    return out;
  }();
  return all;
}

const std::vector<std::string_view>& found_as(planted_bug b) { return of(b).found; }

std::unique_ptr<store> plant(std::unique_ptr<store> sound, std::shared_ptr<memory::image> image, planted_bug b) {
  if (b == planted_bug::none) return sound;
  return std::make_unique<buggy_store>(std::move(sound), std::move(image), b);
}

}  // namespace heed::simulation
