#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "actors/protocol.hpp"

namespace heed {

class door_figures;

/// What becomes of one caller's submission. Answers once: when all of it is durable and, where the caller waits for
/// decisions, decided or his time is over. An item of the fast path is durable by being decided. Used from the gateway's
/// and from the leads' threads.
class submission_reply final : public waiter {
 public:
  using answer = std::function<void(result<std::vector<item_outcome>>)>;
  submission_reply(std::size_t items, bool waits, bool facts, answer done, door_figures* figures);

  /// It is on the fast path.
  void sent(std::size_t index, const lead_id& lead);
  /// It is in the inbox, or the store said why not. Once more is no more.
  void kept(std::size_t index, const accept_result& r);
  /// Answer with what is known once all is durable.
  void wait_no_more();
  void failed(const store_error& e);
  [[nodiscard]] bool answered() const;

  void decided(std::size_t index, std::uint64_t seq, const std::vector<fact>& facts,
               std::vector<std::string> calls) override;
  void given_up(std::size_t index) override;
  void repeated(std::size_t index) override;
  [[nodiscard]] bool reads_facts() const override;

 private:
  enum class way : std::uint8_t { open, direct, durable };

  void durable(std::size_t index);
  void answer_if_complete(std::unique_lock<std::mutex> guard);

  mutable std::mutex lock_;
  std::vector<item_outcome> outcomes_;
  std::vector<way> ways_;
  std::size_t open_;           ///< items that are not durable
  std::size_t undecided_ = 0;  ///< parcels of durable items
  bool waits_;
  bool facts_;
  answer done_;
  door_figures* figures_;
};

}  // namespace heed
