#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "adapters/http/server.hpp"

namespace heed::http {

/// What went wrong, as RFC 9457 says it: for the program (`type`, `status`, `field`) and for the person in
/// front of it (`title`, `detail`, `fix`). Never holds secrets, addresses or message bodies.
struct problem {
  int status = 500;
  std::string slug;  ///< ends the type: `urn:heed:problem:{slug}`
  std::string title;
  std::string detail;
  std::string field;  ///< JSON pointer into the body, or the header or query parameter at fault
  std::string fix;    ///< what to do about it
  nlohmann::json more = nlohmann::json::object();  ///< further members
};

[[nodiscard]] response to_response(const problem& p);
/// With Retry-After, for what may be tried again.
[[nodiscard]] response to_response(const problem& p, unsigned retry_after_seconds);

}  // namespace heed::http
