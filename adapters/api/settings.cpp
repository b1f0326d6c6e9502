#include "actors/workspace/policy_json.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/policy_change.hpp"

namespace heed::api {

namespace {

void answer_settings(call& c, const policy& p) {
  const auto document = to_json(p.defaults);
  const auto etag = etag_of(document);
  c.answer(200, {{"revision", p.revision}, {"etag", etag}, {"settings", document}}, {{"ETag", etag}});
}

}  // namespace

void show_settings(const call_ptr& c) {
  const auto p = c->node().current_policy(c->workspace);
  if (!p) return c->refuse(not_found());
  const auto etag = etag_of(to_json(p->defaults));
  if (is_unchanged(c->request, etag)) return c->answer({304, "", "", {{"ETag", etag}}});
  answer_settings(*c, *p);
}

void put_settings(const call_ptr& c) {
  const auto body = read_body(*c, body_need::required);
  if (!body) return;
  auto edit = [c, body = *body](policy& p) -> tl::expected<void, http::problem> {
    if (auto ok = check_preconditions(c->request, to_json(p.defaults)); !ok) return ok;
    auto next = settings_from_json(body, p.zones.get());
    if (!next) return tl::unexpected(unprocessable(next.error()));
    p.defaults = std::move(*next);
    return {};
  };
  change_policy(c, {"settings_put", {}, edit, [c](const policy& p) { answer_settings(*c, p); }, {}});
}

}  // namespace heed::api
