#include "adapters/console/console.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace heed::console {

namespace {

/// Nothing from elsewhere, nothing inline, nobody frames it.
constexpr std::string_view content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const asset* find(std::string_view path) {
  const auto all = assets();
  const auto it = std::ranges::find(all, path, &asset::path);
  return it == all.end() ? nullptr : &*it;
}

bool lists(std::string_view header, std::string_view what) { return header.find(what) != header.npos; }

http::response answer_asset(const asset& a, const http::request& r) {
  const bool hashed = a.path.starts_with("/assets/");
  http::response out;
  out.type = a.type;
  out.headers = {{"ETag", std::string(a.etag)},
                 {"Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache"},
                 {"Vary", hashed ? "Accept-Encoding" : "Accept, Accept-Encoding"},
                 {"Content-Security-Policy", std::string(content_policy)},
                 {"X-Content-Type-Options", "nosniff"},
                 {"X-Frame-Options", "DENY"},
                 {"Referrer-Policy", "no-referrer"},
                 {"Cross-Origin-Opener-Policy", "same-origin"},
                 {"Cross-Origin-Resource-Policy", "same-origin"},
                 {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"}};
  if (lists(r.header("if-none-match"), a.etag)) {
    out.status = 304;
    return out;
  }
  if (lists(r.header("accept-encoding"), "gzip")) {
    out.headers.emplace_back("Content-Encoding", "gzip");
    out.body = a.gzipped;
  } else {
    out.body = a.plain;
  }
  return out;
}

}  // namespace

bool is_page(std::string_view path) {
  static constexpr std::array exact{"/",          "/sign-in",   "/first-run",  "/inbox",       "/leads",
                                    "/campaigns", "/decisions", "/operations", "/sender/queue"};
  static constexpr std::array below{"/inbox/", "/leads/", "/campaigns/", "/operations/", "/sender/queue/"};
  return std::ranges::find(exact, path) != exact.end() ||
         std::ranges::any_of(below, [&](std::string_view start) { return path.starts_with(start); });
}

namespace {

/// Where campaigns' messages were in an earlier system; links to it stay good (SS-55).
std::optional<std::string> moved_to(const http::request& r) {
  constexpr std::string_view old = "/google-ads/campaigns/";
  if (!r.target.starts_with(old)) return std::nullopt;
  return "/campaigns/" + r.target.substr(old.size());
}

}  // namespace

http::handler with_console(http::handler others) {
  return [others = std::move(others)](http::request r, http::reply give) {
    if (r.method != "GET" && r.method != "HEAD") return others(std::move(r), std::move(give));
    if (const auto place = moved_to(r)) return give({308, "", "", {{"Location", *place}}});
    if (is_page(r.path) && lists(r.header("accept"), "text/html")) {
      if (const auto* page = find("/index.html")) return give(answer_asset(*page, r));
    }
    if (const auto* a = r.path == "/index.html" ? nullptr : find(r.path)) return give(answer_asset(*a, r));
    others(std::move(r), std::move(give));
  };
}

}  // namespace heed::console
