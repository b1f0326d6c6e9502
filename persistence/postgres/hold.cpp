#include "persistence/postgres/hold.hpp"

namespace heed::postgres {
namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 1s;
/// A caller waits while the lock is taken again, so a server that is away is not asked at every look.
constexpr auto look_again_after_failure = 10s;

}  // namespace

hold::hold(location where, way how) : where_(std::move(where)), how_(how) { take(); }

void hold::take() {
  session_.reset();
  auto made = std::make_unique<session>(where_, purpose::hold);
  try {
    made->run(how_ == way::alone ? "hold_take" : "hold_share");
  } catch (...) {
    const auto error = error_in_flight(reach::before_commit, !made->usable());
    if (error.detail.find("55P03") == std::string::npos) throw;
    throw database_error(errc::refused, "another process holds the store");
  }
  session_ = std::move(made);
}

void hold::renew() {
  std::lock_guard guard(lock_);
  if (!session_ || !session_->still_connected()) take();
}

void hold::look_after() noexcept {
  std::unique_lock guard(lock_, std::try_to_lock);
  const auto now = std::chrono::steady_clock::now();
  if (!guard || now < next_look_) return;
  next_look_ = now + look_every;
  if (session_ && session_->still_connected()) return;
  try {
    take();
  } catch (const std::exception&) {
    // The epochs protect what is written meanwhile.
    next_look_ = std::chrono::steady_clock::now() + look_again_after_failure;
  }
}

}  // namespace heed::postgres
