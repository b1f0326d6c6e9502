#include "adapters/api/call.hpp"

#include <algorithm>
#include <charconv>

#include "adapters/api/router.hpp"
#include "adapters/api/service.hpp"

namespace heed::api {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

std::optional<std::chrono::seconds> wait_of(std::string_view preference) {
  const auto value = trimmed(preference.substr(0, preference.find(';')));
  if (!value.starts_with("wait=")) return std::nullopt;
  unsigned seconds = 0;
  const auto digits = value.substr(5);
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (ec != std::errc{} || end != digits.data() + digits.size() || seconds == 0) return std::nullopt;
  return std::chrono::seconds(std::min(seconds, 30u));
}

}  // namespace

const std::string& call::param(std::string_view name) const {
  static const std::string none;
  const auto it = std::ranges::find(params, name, &std::pair<std::string_view, std::string>::first);
  return it == params.end() ? none : it->second;
}

engine& call::node() const { return svc->node; }
const options& call::opts() const { return svc->opts; }

std::string call::caller() const { return key ? key->hash.substr(0, 12) : "hook." + param("provider"); }

void call::answer(int status, const nlohmann::json& body,
                  std::vector<std::pair<std::string, std::string>> headers) {
  http::response r;
  r.status = status;
  // What leads and providers wrote may hold broken UTF-8; an answer must not fail for it.
  r.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  r.headers = std::move(headers);
  answer(std::move(r));
}

void call::answer(http::response r) {
  if (!intercept) return send(std::move(r));
  const auto once = std::exchange(intercept, nullptr);
  once(std::move(r));
}

void call::send(http::response r) {
  r.headers.emplace_back("X-Heed-Now", to_iso(node().now()));
  // What a browser asked for is nobody else's on the same machine.
  if (session || (matched && matched->who == access::visitor)) {
    r.headers.emplace_back("X-Content-Type-Options", "nosniff");
    if (!r.live) r.headers.emplace_back("Cache-Control", "no-store");
  }
  give_(std::move(r));
}

void call::refuse(const http::problem& p) { answer(http::to_response(p)); }
void call::refuse(const http::problem& p, unsigned retry_after) { answer(http::to_response(p, retry_after)); }

void call::refuse(const store_error& e) {
  const auto said = from_store(e);
  said.retry_after > 0 ? refuse(said.what, said.retry_after) : refuse(said.what);
}

void reading(const call_ptr& c, std::function<void(store_reader&)> f) {
  c->node().read([c, f = std::move(f)](store_reader& r) {
    try {
      f(r);
    } catch (const std::exception&) {
      c->refuse(internal());
    }
  });
}

void writing(const call_ptr& c, std::function<void(store&)> f) {
  c->node().write([c, f = std::move(f)](store& s) {
    try {
      f(s);
    } catch (const std::exception&) {
      c->refuse(internal());
    }
  });
}

void submitting(const call_ptr& c, std::vector<engine::submission> items, engine::patience wait,
                std::function<void(std::vector<engine::outcome>)> f) {
  const auto asked = items.size();
  c->node().submit(std::move(items), wait,
                   [c, asked, f = std::move(f)](result<std::vector<engine::outcome>> done) {
                     try {
                       if (!done) return c->refuse(done.error());
                       if (done->size() != asked) return c->refuse(internal());
                       f(std::move(*done));
                     } catch (const std::exception&) {
                       c->refuse(internal());
                     }
                   });
}

namespace {

/// The first preference that `reads` makes something of.
template <class Read>
auto preferred(const http::request& r, Read reads) -> decltype(reads(std::string_view{})) {
  for (const auto& [name, value] : r.headers) {
    if (name != "prefer") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(','), rest.size());
      if (const auto found = reads(rest.substr(0, end))) return found;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return {};
}

}  // namespace

std::optional<std::chrono::seconds> preferred_wait(const http::request& r) { return preferred(r, wait_of); }

bool prefers_minimal(const http::request& r) {
  return preferred(r, [](std::string_view one) {
    const auto from = one.find_first_not_of(" \t");
    return from != one.npos && one.substr(from).starts_with("return=minimal");
  });
}

std::vector<std::pair<std::string, std::string>> preference_applied(const http::request& r) {
  const auto wait = preferred_wait(r);
  if (!wait) return {};
  return {{"Preference-Applied", "wait=" + std::to_string(wait->count())}};
}

}  // namespace heed::api
