#pragma once

#include <functional>

#include "adapters/api/call.hpp"

namespace heed::api {

/// Honours Idempotency-Key: the first request's final answer is kept and given again to every repeat of it
/// (`Idempotent-Replayed: true`); the same key with another request is 422, a repeat while the first is still
/// under way 409. Without the header it only calls `next`.
void guard_repeats(const call_ptr& c, std::function<void(const call_ptr&)> next);

}  // namespace heed::api
