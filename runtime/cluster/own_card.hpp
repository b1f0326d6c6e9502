#pragma once

#include <string>

#include "persistence/leases.hpp"

/// What names this life of this process, and what proves that another one on the same host is over.
namespace heed::cluster {

/// Host, boot, process and when it started; name, address and port are the caller's.
[[nodiscard]] node_card own_card();
/// True when that node ran on this very host and boot and its process is not there any more, or is another one by now.
[[nodiscard]] bool is_proved_dead(const node_card& them, const node_card& me);

}  // namespace heed::cluster
