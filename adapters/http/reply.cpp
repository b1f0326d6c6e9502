#include <atomic>

#include "adapters/http/problem.hpp"
#include "adapters/http/server.hpp"

namespace heed::http {

std::string_view request::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

std::string_view request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return {};
}

struct reply::slot {
  explicit slot(fn f) : answer(std::move(f)) {}
  slot(const slot&) = delete;
  slot& operator=(const slot&) = delete;
  ~slot() {
    give(to_response({503,
                      "unanswered",
                      "Service unavailable",
                      "The request was dropped before it was answered.",
                      {},
                      "Try again; nothing says that it was not done."},
                     1));
  }
  void give(response r) {
    if (given.exchange(true)) return;
    auto once = std::move(answer);
    once(std::move(r));
  }
  fn answer;
  std::atomic<bool> given{false};
};

reply::reply(fn f) : slot_(std::make_shared<slot>(std::move(f))) {}

void reply::operator()(response r) const { slot_->give(std::move(r)); }

}  // namespace heed::http
