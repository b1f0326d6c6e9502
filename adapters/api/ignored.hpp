#pragma once

#include <string>
#include <vector>

#include "adapters/api/call.hpp"

namespace heed::api {

struct ignored_event {
  std::string type;
  std::string reason;
};
/// Writes down what was answered with success and changed nothing, so that somebody who wonders finds it
/// (ZRG-194). Nothing waits for it, and losing one harms nobody.
void note_ignored(const call& c, const std::string& provider, const std::vector<ignored_event>& events);

}  // namespace heed::api
