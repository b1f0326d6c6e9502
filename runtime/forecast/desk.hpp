#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "adapters/api/forecasts.hpp"
#include "runtime/forecast/forecast.hpp"

namespace heed::forecast {

struct desk_limits {
  std::size_t waiting = 8;            ///< workspaces whose forecast has not begun; more are refused
  std::chrono::seconds longest{120};  ///< of real time; what takes longer is given up
};

/// Computes what people ask for in the console: beside the node, on one thread that yields to every other
/// one, in a world in memory. One forecast at a time in a workspace, one at a time at all.
class desk final : public api::forecasts {
 public:
  explicit desk(std::shared_ptr<const zone_table> zones, desk_limits limits = {});
  ~desk() override { stop(); }

  tl::expected<nlohmann::json, refusal> begin(api::forecast_wish w) override;
  nlohmann::json latest(const workspace_id& ws, const campaign_id& c) const override;
  nlohmann::json give_up(const workspace_id& ws, const campaign_id& c) override;
  /// Gives up what runs and what waits; its thread has ended when this returns.
  void stop();

 private:
  struct job;
  using job_ptr = std::shared_ptr<job>;
  void work();
  void compute(job& j);
  [[nodiscard]] nlohmann::json document_of(const job& j) const;
  [[nodiscard]] job_ptr find(const workspace_id& ws, const campaign_id& c) const;

  zone_library zones_;
  const desk_limits limits_;
  mutable std::mutex lock_;
  std::condition_variable changed_;
  std::map<workspace_id, job_ptr> latest_;
  std::deque<job_ptr> waiting_;
  bool stopped_ = false;
  std::thread worker_;
};

}  // namespace heed::forecast
