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

/// One campaign: counts what its leads' committed decisions meant for it, and pulls its tripwire. The wire is judged on
/// the store's rows, so neither a crash nor a restart makes it forget; it is looked at once when the actor starts.
class campaign_actor final : public component_actor {
 public:
  campaign_actor(caf::actor_config& cfg, std::string path, caf::actor boss, supervision* board,
                 std::shared_ptr<campaign_totals> totals, const services* all, workspace_id ws, campaign_id campaign)
      : component_actor(cfg, std::move(path), std::move(boss), board),
        totals_(std::move(totals)),
        all_(all),
        workspace_(std::move(ws)),
        campaign_(std::move(campaign)) {}
  [[nodiscard]] const char* name() const override { return "campaign"; }

 protected:
  caf::behavior running() override;
  void restarted() override {}

 private:
  void look_at_wire();
  void pull(const std::string& why);

  std::shared_ptr<campaign_totals> totals_;
  const services* all_;
  workspace_id workspace_;
  campaign_id campaign_;
  bool looked_ = false;
};

/// INTERNAL to a campaign: its rates are over the limit.
struct wire_tripped {
  std::string why;
};

}  // namespace heed

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::wire_tripped)
