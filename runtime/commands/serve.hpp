#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "runtime/node.hpp"

namespace heed::commands {

/// Level and form of the log, to standard error.
void set_up_log(const config::log_config& log);

/// Blocks SIGTERM and SIGINT in this thread and all it starts later; before the first thread.
void block_signals();
/// Waits for one of them, or for the node to break; `most` none = for ever. True when the node is sound.
[[nodiscard]] bool run_until_signal(node& n, std::optional<std::chrono::seconds> most);
/// Ends the node within its drain time; a watchdog leaves the process when it does not.
void stop_in_time(node& n);

/// `heed serve`: 0 after an orderly end, 2 when it could not start. A store that is away is waited for; a node that broke
/// starts again in the same process, 1 when that cannot be.
int run_serve(const config::config& c);

}  // namespace heed::commands
