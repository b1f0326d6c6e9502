#pragma once

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

#include "actors/component_actor.hpp"
#include "actors/gateway/lead_name.hpp"

namespace heed {

/// What the door counts.
class door_figures {
 public:
  virtual ~door_figures() = default;
  virtual void accepted(accept_result::what outcome) = 0;
  virtual void refused_overload() = 0;
};

/// One submitted stimulus as an inbox row; a candidate is named for what may create a lead.
[[nodiscard]] inbox_item to_inbox_item(const submitted_item& item, lead_namer& names, time_point now);

/// The door. Hands stimuli to the store, answers only what is durable, then sends each to its lead's region.
/// Overload is refused before acceptance; after it nothing is.
class gateway_actor final : public component_actor {
 public:
  gateway_actor(caf::actor_config& cfg, caf::actor boss, const services* all, door_figures* figures,
                std::uint64_t seed);
  ~gateway_actor() override;
  [[nodiscard]] const char* name() const override { return "gateway"; }

 protected:
  caf::behavior running() override;
  void restarted() override;
  void ended() override;

 private:
  class batch_waiter;
  /// A submission that the store has not answered yet.
  struct open {
    std::shared_ptr<submission_batch> batch;
    std::vector<std::pair<lead_id, bytes>> candidates;
  };

  void submit(const std::shared_ptr<submission_batch>& b);
  void accepted(accept_done& d);
  void hand_over(open& o, std::vector<accept_result>& answer);
  void submit_again();
  void hand_over_again();
  void settle_by_callback(const submitted_item& item);
  void deliver_notice(const workspace_id& ws, const accept_result::notice& n);
  void watch(const std::shared_ptr<batch_waiter>& w, clock::ticks until);
  void expire();

  const services* all_;
  door_figures* figures_;
  lead_namer names_;
  std::uint64_t ticket_ = 0;
  std::unordered_map<std::uint64_t, open> open_;
  // What is being handled; set after a crash: it is lost with the message.
  std::shared_ptr<submission_batch> submitting_;
  std::optional<accept_done> accepting_;
  std::multimap<clock::ticks, std::weak_ptr<batch_waiter>> deadlines_;
  bool ticking_ = false;
};

}  // namespace heed
