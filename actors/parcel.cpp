#include <caf/send.hpp>

#include "actors/protocol.hpp"

namespace heed {

parcel::~parcel() {
  if (counted) counted->undecided.fetch_sub(1, std::memory_order_relaxed);
  if (home) caf::anon_send(home, direct_returned{std::move(workspace), std::move(lead), std::move(what), std::move(waits), index});
}

}  // namespace heed
