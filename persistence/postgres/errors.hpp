#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include "persistence/errc.hpp"

/// Exceptions stay inside persistence/postgres; this is where they become values.
namespace heed::postgres {

struct database_error : std::runtime_error {
  database_error(errc c, const std::string& detail) : std::runtime_error(detail), code(c) {}
  errc code;
};

/// Two writers met in a place no row lock covers, as when both accept a new key: whoever comes second begins
/// again.
struct met_another : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What a statement was to the transaction it failed in.
enum class reach : std::uint8_t {
  before_commit,  ///< nothing can have happened
  commit,         ///< only the server knows, unless it said so
};

/// What the server's answer means. `state` is an SQLSTATE, empty when the connection was lost without one.
[[nodiscard]] errc code_of(std::string_view state, reach at);

/// What a connection that could not be made means; libpq gives words alone. Whatever may pass by itself is `retry`: a
/// server that is not there, starts, stops or takes no writes. What only people can mend is `refused`, or `not_found`.
[[nodiscard]] errc code_of_no_connection(std::string_view words);

/// The exception in flight as an error; `lost` when the connection is gone.
[[nodiscard]] store_error error_in_flight(reach at, bool lost);

/// True when the exception in flight says that a key was taken, rows changed between look and lock, or two
/// waited for each other.
[[nodiscard]] bool is_collision_in_flight();

/// True when the exception in flight says that this connection leads to a server that takes no writes any
/// more, though another of the URL's hosts may.
[[nodiscard]] bool is_wrong_server_in_flight();

template <class F>
auto guarded(F&& f) -> result<decltype(f())> {
  try {
    if constexpr (std::is_void_v<decltype(f())>) {
      f();
      return {};
    } else {
      return f();
    }
  } catch (...) {
    return tl::unexpected(error_in_flight(reach::before_commit, false));
  }
}

}  // namespace heed::postgres
