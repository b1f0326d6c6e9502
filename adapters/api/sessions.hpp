#pragma once

#include <functional>
#include <string>

#include "adapters/api/call.hpp"
#include "adapters/api/users.hpp"

namespace heed::api {

inline constexpr auto session_life = std::chrono::hours(12);

/// Calls `f` with the latest known directory: at most two seconds old, so that a role that was taken away on
/// another node is gone here too. A store that cannot be read is answered.
void with_users(const call_ptr& c, std::function<void(const user_directory&)> f);
/// Finds out who the request's cookie is and leaves it in the call; then goes on, signed in or not.
void with_session(const call_ptr& c, std::function<void()> f);
/// Reads the newest directory, changes it, writes it, all in the writer's turn. `edit` answers the call
/// itself and says false when nothing is to be written; `done` runs after the write.
void change_users(const call_ptr& c, std::function<bool(user_directory&)> edit,
                  std::function<void(const user_directory&)> done);

/// What a signed-in caller may do in that workspace, as a key that could do the same.
[[nodiscard]] std::optional<api_key_row> key_of(const caller_session& s, const workspace_id& ws);

}  // namespace heed::api
