#pragma once

#include "adapters/http/server.hpp"

namespace heed::api {

/// True when the body says `List-Unsubscribe=One-Click`, urlencoded or as multipart/form-data (RFC
/// 8058, 3.2).
[[nodiscard]] bool is_one_click(const http::request& r);

}  // namespace heed::api
