#include <algorithm>

#include "persistence/codec/codec.hpp"
#include "persistence/memory/image.hpp"
#include "persistence/store_decorator.hpp"
#include "runtime/simulation/planted.hpp"

/// The planted bugs that are a store's.
namespace heed::simulation {
namespace {

bool claims_anything(const write_batch& batch) {
  return !batch.claims.empty() ||
         std::ranges::any_of(batch.commits, [](const lead_commit& c) { return !c.claims.empty(); });
}

/// A store with one bug. It works on the image where the port alone cannot be wrong enough.
class buggy_store final : public store_decorator {
 public:
  buggy_store(std::unique_ptr<store> sound, std::shared_ptr<memory::image> image, planted_bug bug)
      : store_decorator(std::move(sound)), image_(std::move(image)), bug_(bug) {}

  result<node_identity> attach(time_point now) override {
    if (bug_ == planted_bug::orphans_planned_again) plan_again(effect_state::in_flight);
    if (bug_ == planted_bug::doubt_planned_again) plan_again(effect_state::unknown);
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
    if (bug_ == planted_bug::claim_not_written && claims_anything(batch)) return claim_nothing(batch);
    if (bug_ == planted_bug::outcome_lost) {
      for (auto& c : batch.commits)
        c.finish.reset();
      if (!batch.finishes.empty()) return finish_nothing(batch);
    }
    if (bug_ == planted_bug::stimulus_lost && !batch.accepts.empty() && ++made_up_ % 9 == 0)
      return accept_nothing(batch);
    auto out = inner().write(batch);
    if (!out && bug_ == planted_bug::doubt_is_busy && out.error().code == errc::unknown)
      return fail(errc::retry, out.error().detail);
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
      case planted_bug::brake_undone:
        if (auto state = codec::decode_lead_state(c.snapshot)) {
          for (auto& r : state->runs)
            if (r.end_reason == "suppressed_hot") r.status = run_status::running;
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
      case planted_bug::touch_planned_twice:
        if (!c.effects.empty() && ++made_up_ % 3 == 0) {
          auto again = c.effects.back();
          again.id.value += "x";
          again.key += "x";
          c.effects.push_back(std::move(again));
        }
        return;
      case planted_bug::effect_row_lost:
        if (!c.effects.empty() && ++made_up_ % 3 == 0) c.effects.clear();
        return;
      case planted_bug::timer_of_another:
        if (c.journal.kind == "timer_fired") c.journal.stimulus_key += "0";
        return;
      case planted_bug::letters_lost:
        c.letters.clear();
        return;
      case planted_bug::parts_forgotten:
        if (auto state = codec::decode_lead_state(c.snapshot))
          for (const auto& part : state->parts)
            plan_what_reached(part.lead, c);
        return;
      case planted_bug::timer_early:
        if (c.due) *c.due = c.journal.decided_at + (*c.due - c.journal.decided_at) / 2;
        return;
      default:
        return;
    }
  }

  /// What is planned becomes the step that a part was sent.
  void plan_what_reached(const lead_id& part, lead_commit& c) {
    const auto* n = image_->lead_numbers.find(part);
    if (n == nullptr) return;
    memory::each_of(image_->effects_of, *n, [&](const auto& key, const auto&) {
      const auto& row = image_->effects.at(std::get<1>(key)).row;
      const auto reached = codec::decode_effect(row.request);
      const auto* sent = reached && row.state == effect_state::done ? std::get_if<send_effect>(&*reached) : nullptr;
      if (sent == nullptr || sent->from != origin::step) return;
      for (auto& e : c.effects) {
        auto planned = codec::decode_effect(e.request);
        auto* send = planned ? std::get_if<send_effect>(&*planned) : nullptr;
        if (send == nullptr || send->from != origin::step) continue;
        send->campaign = sent->campaign;
        send->step = sent->step;
        e.request = codec::encode(*planned);
      }
    });
  }

  void plan_again(effect_state those) {
    std::vector<effect_id> calls;
    memory::each_of(image_->effects_in, those,
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
    std::vector<std::vector<claim_request>> with_commits;
    for (auto& c : batch.commits)
      with_commits.push_back(std::exchange(c.claims, {}));
    auto out = inner().write(batch);
    if (!out) return out;
    const auto only_said = [&](const claim_request& c) {
      const auto* e = image_->effects.find(c.id);
      claim_result r;
      r.attempt = e == nullptr ? 1 : e->row.attempt + 1;
      return r;
    };
    for (const auto& c : claims)
      out->claims.push_back(only_said(c));
    for (std::size_t i = 0; i < with_commits.size(); ++i)
      for (const auto& c : with_commits[i])
        out->commits[i].claims.push_back(only_said(c));
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

  void lose_row(const lead_commit& c) {
    if (const auto* n = image_->lead_numbers.find(c.lead)) image_->journal.erase({*n, c.journal.seq});
    image_->undo.forget();
  }

  std::shared_ptr<memory::image> image_;
  planted_bug bug_;
  std::uint64_t made_up_ = 0;
};

/// A medium with one bug, below what goes wrong by chance: whoever looks after the write finds its rows as
/// they were.
class buggy_medium final : public store_decorator {
 public:
  buggy_medium(std::unique_ptr<store> sound, std::shared_ptr<memory::image> image, planted_bug bug)
      : store_decorator(std::move(sound)), image_(std::move(image)), bug_(bug) {}

  result<write_result> write(const write_batch& batch) override {
    if (!claims_anything(batch) && bug_ != planted_bug::losing_swap_counts) return inner().write(batch);
    if (bug_ == planted_bug::claim_ignores_stops) return with_switches_off(batch);
    if (bug_ == planted_bug::suppressions_not_asked) return with_nobody_listed(batch);
    auto out = inner().write(batch);
    if (out) count_losers(batch, *out);
    return out;
  }

 private:
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

  result<write_result> with_nobody_listed(const write_batch& batch) {
    std::vector<
        std::pair<std::tuple<workspace_id, std::string, std::string, memory::number>, suppression_row>>
        listed;
    for (const auto& entry : image_->suppressions)
      listed.emplace_back(entry);
    for (const auto& [key, row] : listed)
      image_->suppressions.erase(key);
    auto out = inner().write(batch);
    for (const auto& [key, row] : listed)
      image_->suppressions.put(key, row);
    image_->undo.forget();
    return out;
  }

  void count_losers(const write_batch& batch, const write_result& r) {
    for (std::size_t i = 0; i < batch.commits.size(); ++i)
      if (r.commits[i].outcome != commit_result::what::committed)
        ++image_->leads.edit(image_->lead_numbers.at(batch.commits[i].lead)).row.version;
    image_->undo.forget();
  }

  std::shared_ptr<memory::image> image_;
  planted_bug bug_;
};

}  // namespace

std::unique_ptr<store> plant(std::unique_ptr<store> sound, std::shared_ptr<memory::image> image,
                             planted_bug b) {
  if (b == planted_bug::none) return sound;
  return std::make_unique<buggy_store>(std::move(sound), std::move(image), b);
}

std::unique_ptr<store> plant_on_medium(std::unique_ptr<store> sound, std::shared_ptr<memory::image> image,
                                       planted_bug b) {
  const bool here = b == planted_bug::losing_swap_counts || b == planted_bug::claim_ignores_stops ||
                    b == planted_bug::suppressions_not_asked;
  if (!here) return sound;
  return std::make_unique<buggy_medium>(std::move(sound), std::move(image), b);
}

}  // namespace heed::simulation
