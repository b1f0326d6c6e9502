#include "adapters/http/message.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>

namespace heed::http {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool split_query(std::string_view text, request& r) {
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (part.empty()) continue;
    const auto equals = std::min(part.find('='), part.size());
    auto name = percent_decode(part.substr(0, equals), true);
    auto value = percent_decode(part.substr(std::min(equals + 1, part.size())), true);
    if (!name || !value) return false;
    r.query.emplace_back(std::move(*name), std::move(*value));
  }
  return true;
}

/// `http://host/path` as a proxy sends it: only the part from the path on counts.
std::string_view origin_form(std::string_view target) {
  const auto scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  const auto path = target.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

/// A header with a line break would split the answer; it is left out.
bool is_clean(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return out;
}

bool split_target(request& r) {
  if (r.target == "*") {
    r.path = "*";
    return r.method == "OPTIONS";
  }
  auto target = origin_form(r.target);
  target = target.substr(0, target.find('#'));
  const auto question = std::min(target.find('?'), target.size());
  auto path = percent_decode(target.substr(0, question), false);
  if (!path || (!path->empty() && path->front() != '/')) return false;
  r.path = path->empty() ? "/" : std::move(*path);
  return split_query(target.substr(std::min(question + 1, target.size())), r);
}

std::string to_bytes(const response& r, bool to_head, bool old_version, after_answer then) {
  const auto status = static_cast<unsigned>(r.status);
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  std::string out;
  out.reserve(160 + r.body.size() + r.headers.size() * 48);
  out.append("HTTP/1.1 ")
      .append(std::to_string(status))
      .append(" ")
      .append(reason.data(), reason.size())
      .append("\r\n");
  if (!has_no_body(r.status)) {
    if (!r.type.empty() && is_clean(r.type)) out.append("Content-Type: ").append(r.type).append("\r\n");
    if (!r.live) out.append("Content-Length: ").append(std::to_string(r.body.size())).append("\r\n");
  }
  for (const auto& [name, value] : r.headers)
    if (is_clean(name) && is_clean(value)) out.append(name).append(": ").append(value).append("\r\n");
  if (then == after_answer::close)
    out.append("Connection: close\r\n");
  else if (old_version)
    out.append("Connection: keep-alive\r\n");
  out.append("\r\n");
  if (!to_head && !has_no_body(r.status)) out.append(r.body);
  return out;
}

}  // namespace heed::http
