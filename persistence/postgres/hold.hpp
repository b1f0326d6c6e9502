#pragma once

#include <chrono>
#include <memory>
#include <mutex>

#include "persistence/postgres/session.hpp"

namespace heed::postgres {

/// One process holds the store, or several nodes of one cluster do: an advisory lock on a connection of its own, which the server frees with the
/// process. It keeps operators from mistakes; what keeps a former holder from writing are the epochs.
class hold {
 public:
  /// Throws when another process has it. A process that has just died is waited for a moment.
  enum class way : std::uint8_t { alone, with_others };
  explicit hold(location where, way how = way::alone);

  /// Takes it again when the connection was lost meanwhile; throws when another process has it by now.
  void renew();
  /// The same now and then, for callers that come often. Never throws.
  void look_after() noexcept;

 private:
  void take();

  location where_;
  way how_;
  std::mutex lock_;
  std::unique_ptr<session> session_;
  std::chrono::steady_clock::time_point next_look_{};
};

}  // namespace heed::postgres
