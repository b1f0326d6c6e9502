#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace heed {

/// What the caller of a store may do next. A time-out is `unknown`, never "failed".
enum class errc : std::uint8_t {
  refused = 1,   ///< definitely did not happen and will not: tell the caller
  retry = 2,     ///< definitely did not happen: safe to try again
  unknown = 3,   ///< may have happened: take a new epoch and re-read before anything else
  fatal = 4,     ///< our own invariant or the medium broke: stop
  not_found = 5, ///< nothing of that name
  conflict = 6,  ///< somebody changed it meanwhile
};
[[nodiscard]] std::string_view to_string(errc e);

struct store_error {
  errc code = errc::fatal;
  std::string detail;  ///< for logs and operators; no personal text
};

template <class T>
using result = tl::expected<T, store_error>;

[[nodiscard]] inline tl::unexpected<store_error> fail(errc code, std::string detail) {
  return tl::unexpected<store_error>(store_error{code, std::move(detail)});
}

}  // namespace heed
