#pragma once

#include <cstddef>
#include <string>

#include "persistence/errc.hpp"

namespace heed::postgres {

/// `postgres://USER:PASSWORD@HOST:PORT/DATABASE?...`; every parameter but `writers` and `journal_weeks` is libpq's and reaches it
/// as it is.
struct location {
  std::string
      conninfo;  ///< what libpq gets: the URL without our options, with defaults for what it leaves open
  std::string password;     ///< as it stands in the URL, so that it can be kept out of every message
  std::size_t writers = 2;  ///< connections that commit
  std::size_t journal_weeks = 0;  ///< weeks that stay when they are over; 0 = all of them
};
[[nodiscard]] result<location> parse_location(const std::string& url);

/// The text without the password, however it got there.
[[nodiscard]] std::string redacted(std::string text, const location& where);

}  // namespace heed::postgres
