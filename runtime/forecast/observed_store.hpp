#pragma once

#include <functional>

#include "persistence/store_decorator.hpp"

namespace heed::forecast {

/// Tells of every transaction, after it is written.
class observed_store final : public store_decorator {
 public:
  using listener = std::function<void(const write_batch&, const write_result&)>;
  observed_store(std::unique_ptr<store> inner, listener tell) : store_decorator(std::move(inner)), tell_(std::move(tell)) {}

  result<write_result> write(const write_batch& batch) override {
    auto out = inner().write(batch);
    if (out) tell_(batch, *out);
    return out;
  }

 private:
  listener tell_;
};

}  // namespace heed::forecast
