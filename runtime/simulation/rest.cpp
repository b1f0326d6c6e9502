#include "runtime/simulation/world.hpp"

/// The end of a world: nothing disturbs it any more, and whatever was begun must come to its end.
namespace heed::simulation {
namespace {

using namespace std::chrono_literals;

}  // namespace

bool world::is_settled() {
  const auto n = reader_->counts();
  return n && n->pending == 0 && n->effects_planned == 0 && n->effects_in_flight == 0 && undelivered_.empty();
}

/// No more faults, no more stops: whatever was begun comes to its end, over one more restart.
void world::come_to_rest() {
  resting_ = true;
  paused_until_ = {};
  store_faults_ = {};
  providers_->faults = {};
  const auto run_for = [this](duration d) {
    const auto end = machine_.elapsed + d;
    const auto most = steps_ + most_steps;
    while (!broken_ && machine_.elapsed < end) {
      if (steps_ >= most) return complain("no_live_lock", {}, "the world does not come to rest");
      stalled_ = nullptr;
      if (dying_ || !schedule_->jobs.empty()) {
        step();
        continue;
      }
      if (!next_event(end)) advance(end - machine_.elapsed);
    }
  };
  run_for(1min);
  if (!broken_ && alive()) release_everything();
  run_for(30h);
  if (!broken_ && alive()) checker_->undisturbed(clock_->now());
  if (!broken_ && alive()) node_dies("in good order");
  run_for(10min);
  for (int i = 0; i < 30 && !broken_ && !is_settled(); ++i)
    run_for(7min);
  if (!broken_) checker_->at_rest();
}

}  // namespace heed::simulation
