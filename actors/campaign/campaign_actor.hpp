#pragma once

#include <atomic>
#include <memory>

#include "actors/component_actor.hpp"

namespace heed {

/// What a campaign has done since this node started; read by metrics and the admin view from other threads.
struct campaign_totals {
  std::atomic<std::uint64_t> enrolled{0}, sent{0}, skipped{0}, blocked{0}, suppressed{0}, finished{0},
      held{0}, waited{0};
};

/// One campaign: counts what its leads' committed decisions meant for it.
class campaign_actor final : public component_actor {
 public:
  campaign_actor(caf::actor_config& cfg, std::string path, caf::actor boss, supervision* board,
                 std::shared_ptr<campaign_totals> totals)
      : component_actor(cfg, std::move(path), std::move(boss), board), totals_(std::move(totals)) {}
  [[nodiscard]] const char* name() const override { return "campaign"; }

 protected:
  caf::behavior running() override;
  void restarted() override {}

 private:
  std::shared_ptr<campaign_totals> totals_;
};

}  // namespace heed
