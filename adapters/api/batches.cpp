#include "adapters/api/batches.hpp"

#include <algorithm>
#include <iterator>

namespace heed::api {

namespace {

constexpr std::size_t batch_size = 500;

struct delivery_run {
  std::vector<engine::submission> items;
  std::size_t next = 0;
  std::vector<engine::outcome> outcomes;
  std::function<void(std::vector<engine::outcome>)> f;
};

void submit_next(const call_ptr& c, const std::shared_ptr<delivery_run>& d) {
  if (d->next == d->items.size()) return d->f(std::move(d->outcomes));
  const auto end = std::min(d->next + batch_size, d->items.size());
  const auto at = [&](std::size_t i) {
    return std::make_move_iterator(d->items.begin() + static_cast<std::ptrdiff_t>(i));
  };
  std::vector<engine::submission> batch(at(d->next), at(end));
  d->next = end;
  submitting(c, std::move(batch), {},
             [c, d](std::vector<engine::outcome> outcomes) {
               std::ranges::move(outcomes, std::back_inserter(d->outcomes));
               submit_next(c, d);
             });
}

}  // namespace

void submit_in_batches(const call_ptr& c, std::vector<engine::submission> items,
                       std::function<void(std::vector<engine::outcome>)> f) {
  submit_next(c, std::make_shared<delivery_run>(delivery_run{std::move(items), 0, {}, std::move(f)}));
}

}  // namespace heed::api
