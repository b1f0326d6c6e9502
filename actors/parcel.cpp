#include <caf/send.hpp>

#include "actors/protocol.hpp"

namespace heed {

parcel::~parcel() {
  if (counted) counted->undecided.fetch_sub(1, std::memory_order_relaxed);
  if (!home) return;
  if (finish)
    caf::anon_send(home, outcome_undecided{finish->id});
  else
    caf::anon_send(home, direct_returned{std::move(workspace), std::move(lead), std::move(what),
                                         std::move(waits), index});
}

void parcel::settle() {
  if (home && finish) caf::anon_send(home, finish_done{finish->id, finish_result{}});
  home = nullptr;
}

}  // namespace heed
