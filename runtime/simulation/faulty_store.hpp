#pragma once

#include <functional>

#include "persistence/store_decorator.hpp"
#include "runtime/simulation/dice.hpp"
#include "runtime/simulation/trace.hpp"

namespace heed::simulation {

/// How often a store misbehaves, in thousandths of its writes.
struct store_faults {
  std::uint64_t retry = 0;             ///< did not happen, may be tried again
  std::uint64_t refused = 0;           ///< did not happen and will not
  std::uint64_t unknown_done = 0;      ///< happened, and nobody is told
  std::uint64_t unknown_not_done = 0;  ///< did not happen, and nobody is told
  std::uint64_t crash_before = 0;      ///< the node dies at the commit's near side
  std::uint64_t crash_after = 0;       ///< ... and at its far side
  std::uint64_t slow = 0;              ///< time passes meanwhile
};

/// A stimulus nobody can decide: the store refuses every decision of it.
constexpr std::string_view poison = "undecidable:";

/// A store that errs, stalls, and takes its node with it. Everything it does is drawn from dice; what was
/// really written is told to `written`, whatever the caller hears.
class faulty_store final : public store_decorator {
 public:
  struct surroundings {
    dice* rolls = nullptr;
    const store_faults* faults = nullptr;  ///< read at every write: the world turns faults off at its end
    tally* counts = nullptr;
    std::function<void()> node_dies;
    std::function<void(duration)> time_passes;
    std::function<void(const write_batch&, const write_result&)> written;
    std::function<void()> wrote_in_doubt;  ///< somebody goes on writing after a write of unknown outcome
  };
  faulty_store(std::unique_ptr<store> inner, surroundings around)
      : store_decorator(std::move(inner)), around_(std::move(around)) {}

  /// The node is dead: nothing of it reaches the store any more.
  void cut_off() { dead_ = true; }

  result<write_result> write(const write_batch& batch) override;
  result<void> count_attempt(std::span<const std::uint64_t> inbox) override;
  result<void> bury(std::uint64_t inbox, const std::string& error, time_point now) override;
  result<void> bury_effect(const effect_id& id, const std::string& error, time_point now) override;
  result<std::uint64_t> put_policy(const workspace_id& ws, std::uint64_t expected, const bytes& body,
                                   const audit_row& why) override;
  result<void> put_kill_switch(const kill_switch_row& row) override;
  result<void> create_kill_switch(const kill_switch_row& row) override;
  result<void> put_meta(const std::string& name, const bytes& value) override;
  result<void> swap_meta(const std::string& name, const std::optional<bytes>& read, const bytes& value) override;
  result<void> add_audit(const audit_row& row) override;
  result<std::uint64_t> add_suppressions(std::span<const suppression_row> rows) override;
  result<void> add_alert(const alert_row& row, std::span<const notification_row> carried_by) override;
  result<void> settle_notification(std::uint64_t number, std::optional<time_point> next_at,
                                   const std::string& error) override;

 private:
  enum class fate : std::uint8_t {
    sound,
    retry,
    refused,
    unknown_done,
    unknown_not_done,
    crash_before,
    crash_after
  };
  fate draw(bool may_be_refused);
  /// Runs `f` as the fate drawn says.
  template <class F>
  auto suffer(bool may_be_refused, F&& f) -> decltype(f());
  void tear(const write_batch& batch);

  surroundings around_;
  bool dead_ = false;
  bool in_doubt_ = false;
  bool died_before_ = false;  ///< just now, at the near side of a commit
};

}  // namespace heed::simulation
