#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

#include "actors/component_actor.hpp"
#include "runtime/telemetry.hpp"

namespace heed {

struct store_actor_options {
  std::size_t cap = 512;  ///< writes of one kind that close a batch
  /// What a batch waits for more, after a large one: half of what that one took, within these. 0 = it does not wait.
  std::chrono::microseconds linger{1'000};
  std::chrono::microseconds longest_linger{5'000};
  std::size_t large = 12;
  unsigned retries = 200;  ///< of a write that definitely did not happen; then the process ends
  std::chrono::milliseconds first_pause{5};
  std::chrono::milliseconds longest_pause{500};
  std::chrono::milliseconds away_after{500};  ///< no write has succeeded for so long though some were tried
  std::function<void(bool)> tell_away;        ///< told when the store goes away and when it is back
};

/// A writer; the only one unless the store takes several. Its own flush message stands behind what is queued,
/// so a batch is whatever came while the previous transaction ran; where that was much, it waits a moment
/// longer: a transaction costs the same for one as for a dozen. The slower they become, the longer it waits, so that several nodes
/// on a busy database do not each write little.
class store_actor final : public component_actor {
 public:
  store_actor(caf::actor_config& cfg, std::string path, caf::actor boss, supervision* board, store& target,
              telemetry& figures, store_actor_options options);
  [[nodiscard]] const char* name() const override { return "store"; }

 protected:
  caf::behavior running() override;
  void restarted() override {}

 private:
  struct accept_part {
    caf::actor reply_to;
    std::uint64_t ticket = 0;
    std::size_t count = 0;
  };
  /// A batch and who asked for each of its parts, in the order of the parts.
  struct work {
    write_batch batch;
    std::vector<accept_part> accepts;
    std::vector<caf::actor> commits, finishes, claims;
    [[nodiscard]] std::size_t askers() const;
    void append(work& later);
  };
  enum class fate : std::uint8_t {
    settled,  ///< written or refused, and everybody was answered
    later,    ///< may be tried again
    lost,     ///< nobody knows what the medium holds
  };

  void run(store_job& j);
  void lose(const store_error& e);
  void queued(std::size_t of_this_kind);
  void flush();
  fate write(work& w);
  void answer(work& w, write_result r);
  void answer_error(work& w, const store_error& e);
  /// A refused batch holds one write nobody can do; the others must not suffer for it.
  fate write_one_by_one(work& w);
  void try_later(work w);
  void failed_once_more();
  void succeeded();

  store& target_;
  telemetry& figures_;
  store_actor_options options_;
  work open_;
  bool flush_asked_ = false;
  std::size_t last_size_ = 0;
  std::chrono::microseconds last_took_{0};
  unsigned tries_ = 0;
  caf::actor_clock::time_point failing_since_{};
  bool away_ = false;
};

/// One thread, one snapshot reader; answers in the order it was asked.
class reader_actor final : public component_actor {
 public:
  reader_actor(caf::actor_config& cfg, std::string path, caf::actor boss, supervision* board, store& source);
  [[nodiscard]] const char* name() const override { return "reader"; }

 protected:
  caf::behavior running() override;
  void restarted() override { reader_.reset(); }
  void ended() override { reader_.reset(); }

 private:
  store& source_;
  std::unique_ptr<store_reader> reader_;
};

}  // namespace heed
