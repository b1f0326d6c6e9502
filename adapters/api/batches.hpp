#pragma once

#include <functional>
#include <vector>

#include "adapters/api/call.hpp"

namespace heed::api {

/// Hands any number of stimuli over, 500 at a time, each batch after the one before is durable; nobody waits
/// for their decisions. `f` gets all outcomes in the order of the items. A refused batch is answered: what
/// was handed over before it stays, and a repeat of the request completes it.
void submit_in_batches(const call_ptr& c, std::vector<engine::submission> items,
                       std::function<void(std::vector<engine::outcome>)> f);

}  // namespace heed::api
