#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <utility>

#include "actors/lead/ids.hpp"

namespace heed {

/// Connections of the whole node: an effect is claimed only with one in hand, so that the transport never
/// queues.
class call_slots {
 public:
  explicit call_slots(std::size_t most) : free_(static_cast<std::int64_t>(most)) {}
  [[nodiscard]] bool take() {
    if (free_.fetch_sub(1, std::memory_order_acquire) > 0) return true;
    give();
    return false;
  }
  void give() { free_.fetch_add(1, std::memory_order_release); }

 private:
  std::atomic<std::int64_t> free_;
};

/// The calls of one account: how many may be under way at once, and whether leads may take theirs themselves, before
/// they decide to send. Any thread.
class call_lane : public std::enable_shared_from_this<call_lane> {
 public:
  /// One call under way; its place is free again when it is gone.
  class permit {
   public:
    permit(std::shared_ptr<call_lane> of, bool counted) : of_(std::move(of)), counted_(counted) {}
    permit(const permit&) = delete;
    permit& operator=(const permit&) = delete;
    ~permit() { of_->give(counted_, connected_); }

   private:
    friend class call_lane;
    std::shared_ptr<call_lane> of_;
    bool counted_;
    bool connected_ = true;
  };
  using permit_ptr = std::shared_ptr<permit>;

  /// @param connections null = no call of this account leaves the process
  call_lane(std::size_t most, call_slots* connections) : own_(most), connections_(connections) {}

  /// Null = all places are taken.
  [[nodiscard]] permit_ptr take() {
    if (!own_.take()) return nullptr;
    if (!connections_ || connections_->take()) return std::make_shared<permit>(shared_from_this(), true);
    own_.give();
    return nullptr;
  }
  /// The same for a lead, which stands behind those who wait already.
  [[nodiscard]] permit_ptr take_ahead() { return at_.load(std::memory_order_acquire) == state::idle ? take() : nullptr; }
  /// For a lead whose last call has just ended, with that call's place, of whichever account: it goes before others, so
  /// that each message of a sequence does not wait behind all first ones. Null = `from` is no use here, and stays as it is.
  [[nodiscard]] permit_ptr take_over(permit_ptr& from) {
    if (!from || at_.load(std::memory_order_acquire) == state::closed || from->of_->connections_ != connections_)
      return nullptr;
    if (from->of_.get() == this && from->counted_) return std::exchange(from, nullptr);
    if (!own_.take()) return nullptr;
    from->connected_ = false;
    from.reset();
    return std::make_shared<permit>(shared_from_this(), true);
  }
  /// A connection for a call that the account's own bound does not count.
  [[nodiscard]] permit_ptr take_connection() {
    if (connections_ && !connections_->take()) return nullptr;
    return std::make_shared<permit>(shared_from_this(), false);
  }
  enum class state : std::uint8_t {
    closed,  ///< nobody but its own actor may call
    busy,    ///< it may be called, and others wait for that
    idle,
  };
  void become(state s) { at_.store(s, std::memory_order_release); }

 private:
  void give(bool counted, bool connected) {
    if (connected && connections_) connections_->give();
    if (counted) own_.give();
  }

  call_slots own_;
  call_slots* connections_;
  std::atomic<state> at_{state::closed};
};
using permit_ptr = call_lane::permit_ptr;

/// The lanes of the node's accounts. Any thread.
class call_lanes {
 public:
  void put(const workspace_id& ws, const account_id& account, std::shared_ptr<call_lane> lane) {
    std::unique_lock guard(lock_);
    lanes_.insert_or_assign({ws.value, account.value}, std::move(lane));
  }
  /// Null: the account has not sent yet.
  [[nodiscard]] std::shared_ptr<call_lane> find(const workspace_id& ws, const account_id& account) const {
    std::shared_lock guard(lock_);
    const auto found = lanes_.find({ws.value, account.value});
    return found == lanes_.end() ? nullptr : found->second;
  }

 private:
  mutable std::shared_mutex lock_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<call_lane>> lanes_;
};

}  // namespace heed
