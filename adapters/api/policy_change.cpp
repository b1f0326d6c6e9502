#include "adapters/api/policy_change.hpp"

#include "actors/workspace/policy_json.hpp"
#include "adapters/api/crypto.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

/// Lost races before the caller is asked to come back.
constexpr int attempts = 8;

result<policy> latest_policy(call& c, store_reader& r) {
  const auto saved = r.latest_policy(c.workspace);
  policy p;
  if (saved && !saved->second.empty()) {
    auto read = policy_from_json(json::parse(saved->second));
    if (!read) return fail(errc::fatal, "a stored policy revision cannot be read");
    p = std::move(read->value);
    p.revision = saved->first;
  } else if (!saved && saved.error().code != errc::not_found) {
    return tl::unexpected(saved.error());
  }
  p.workspace = c.workspace;
  // Zones and the list of allowed recipients are the node's, not the document's.
  if (const auto now = c.node().current_policy(c.workspace)) {
    p.zones = now->zones;
    p.allow_recipients = now->allow_recipients;
    p.public_url = now->public_url;
    p.link_key = now->link_key;
  }
  return p;
}

enum class step_result : std::uint8_t { written, lost_race, answered };

step_result try_once(const call_ptr& c, store& s, const policy_change& change, policy& written) {
  auto reader = s.reader();
  if (!reader) return c->refuse(reader.error()), step_result::answered;
  auto p = latest_policy(*c, **reader);
  if (!p) return c->refuse(p.error()), step_result::answered;
  if (auto edited = change.edit(*p); !edited) return c->refuse(edited.error()), step_result::answered;
  const audit_row why{c->workspace, c->key->name, change.what, change.detail, c->node().now()};
  const auto put = s.put_policy(c->workspace, p->revision, to_json(*p).dump(), why);
  if (!put && put.error().code == errc::conflict) return step_result::lost_race;
  if (!put) return c->refuse(put.error()), step_result::answered;
  p->revision = *put;
  if (change.also) {
    if (auto also = change.also(s, **reader); !also) return c->refuse(also.error()), step_result::answered;
  }
  written = std::move(*p);
  return step_result::written;
}

bool names_tag(std::string_view list, const std::string& etag) {
  return list == "*" || list.find(etag) != std::string_view::npos;
}

http::problem precondition_failed(std::string field, std::string detail) {
  return {412,
          "precondition_failed",
          "Precondition failed",
          std::move(detail),
          std::move(field),
          "Read it again, repeat the change on what you find, and send its ETag."};
}

}  // namespace

void change_policy(const call_ptr& c, policy_change change) {
  writing(c, [c, change = std::move(change)](store& s) {
    auto written = std::make_shared<policy>();
    for (int i = 0; i < attempts; ++i) {
      switch (try_once(c, s, change, *written)) {
        case step_result::answered:
          return;
        case step_result::lost_race:
          continue;
        case step_result::written:
          return c->node().reload(c->workspace, [c, written, done = change.done] {
            try {
              done(*written);
            } catch (const std::exception&) {
              c->refuse(internal());
            }
          });
      }
    }
    c->refuse(store_error{errc::retry, "too many policy changes at once"});
  });
}

std::string etag_of(const json& document) { return '"' + sha256_hex(document.dump()).substr(0, 32) + '"'; }

tl::expected<void, http::problem> check_preconditions(const http::request& r, const json& present) {
  const auto match = r.header("if-match");
  if (!match.empty() && (present.is_null() || !names_tag(match, etag_of(present))))
    return tl::unexpected(precondition_failed("If-Match", "It is not as the tag says any more."));
  const auto none = r.header("if-none-match");
  if (!none.empty() && !present.is_null() && names_tag(none, etag_of(present)))
    return tl::unexpected(precondition_failed("If-None-Match", "It exists already."));
  return {};
}

bool is_unchanged(const http::request& r, const std::string& etag) {
  const auto none = r.header("if-none-match");
  return !none.empty() && names_tag(none, etag);
}

}  // namespace heed::api
