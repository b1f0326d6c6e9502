#include "adapters/api/service.hpp"

#include <algorithm>
#include <cmath>

#include "adapters/api/router.hpp"

namespace heed::api {

std::optional<unsigned> service::meter(const api_key_row& key) {
  const auto& q = opts.quota;
  if (q.per_second <= 0) return std::nullopt;
  const auto burst = q.burst > 0 ? q.burst : std::max(1.0, q.per_second);
  const auto now = opts.steady_now();
  const std::lock_guard lock(mutex_);
  const auto [it, fresh] = buckets_.try_emplace(key.hash, bucket{burst, now});
  auto& b = it->second;
  const std::chrono::duration<double> passed = now - b.at;
  b.tokens = std::min(burst, b.tokens + passed.count() * q.per_second);
  b.at = now;
  if (b.tokens >= 1) {
    b.tokens -= 1;
    return std::nullopt;
  }
  return static_cast<unsigned>(std::max(1.0, std::ceil((1 - b.tokens) / q.per_second)));
}

std::shared_ptr<const user_directory> service::known_users() const {
  constexpr auto good_for = std::chrono::seconds(2);
  const std::lock_guard lock(mutex_);
  return users_ && std::chrono::steady_clock::now() - users_read_ < good_for ? users_ : nullptr;
}

void service::keep_users(std::shared_ptr<const user_directory> d) {
  const std::lock_guard lock(mutex_);
  users_ = std::move(d);
  users_read_ = std::chrono::steady_clock::now();
}

bool service::run_slowly(std::function<void()> f) const {
  if (opts.run_slowly) return opts.run_slowly(std::move(f));
  f();
  return true;
}

bool service::begin(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return under_way_.insert(name).second;
}

void service::end(const std::string& name) {
  const std::lock_guard lock(mutex_);
  under_way_.erase(name);
}

http::handler make_handler(engine& e, options o) {
  auto shared = std::make_shared<service>(e, std::move(o));
  return [shared](http::request r, http::reply give) {
    const auto c = std::make_shared<call>(shared, std::move(r), std::move(give));
    try {
      dispatch(c);
    } catch (const std::exception&) {
      c->refuse(internal());
    }
  };
}

std::vector<route_name> route_names() {
  std::vector<route_name> out;
  for (const auto& r : routes())
    out.push_back({r.method, r.pattern});
  return out;
}

}  // namespace heed::api
