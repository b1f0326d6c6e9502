#pragma once

#include <span>
#include <string_view>

#include "adapters/http/server.hpp"

/// The page of the console: files made by Vite, carried inside the binary. It knows no route of the API; the
/// page uses them as any other client does.
namespace heed::console {

struct asset {
  std::string_view path;  ///< as requested, `/index.html` for the page itself
  std::string_view type;
  std::string_view etag;
  std::string_view plain;
  std::string_view gzipped;
};
[[nodiscard]] std::span<const asset> assets();

/// Whether a browser that goes there gets the page: deep links are the page's own business.
[[nodiscard]] bool is_page(std::string_view path);

/// Answers what the console's files answer, with security headers; hands everything else on. A path that is
/// both a page and a route of the API (`/sender/queue`) is the page for whoever prefers HTML.
[[nodiscard]] http::handler with_console(http::handler others);

}  // namespace heed::console
