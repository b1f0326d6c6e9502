#include "actors/campaign/document.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/crypto.hpp"
#include "adapters/api/handlers.hpp"

namespace heed::api {

namespace {

constexpr std::size_t name_max = 100;

struct key_wish {
  std::string name;
  role as = role::reader;
};

std::optional<key_wish> read_wish(call& c) {
  const auto body = read_body(c, body_need::required);
  if (!body) return std::nullopt;
  problems found;
  object_reader in(*body, "", found);
  key_wish w;
  in.read("name", w.name);
  if (w.name.empty() || w.name.size() > name_max)
    in.report("name", "must say in 1 to 100 bytes what the key is for");
  const auto text = in.text("role");
  const auto as = text ? parse_role(*text) : std::nullopt;
  if (!as) in.report("role", "must be reader, setter, inbox_manager, admin, owner or operator");
  w.as = as.value_or(role::reader);
  in.finish();
  if (found.empty()) return w;
  c.refuse(unprocessable(found));
  return std::nullopt;
}

}  // namespace

void create_key(const call_ptr& c) {
  const auto wish = read_wish(*c);
  if (!wish) return;
  // Nobody hands out more than they have.
  if (wish->as > c->key->as) return c->refuse(forbidden(wish->as));
  writing(c, [c, w = *wish](store& s) {
    const auto secret = new_api_key();
    const auto now = c->node().now();
    const api_key_row row{sha256_hex(secret), c->workspace, w.as, w.name, now, false};
    if (auto put = s.put_api_key(row); !put) return c->refuse(put.error());
    if (auto told = s.add_audit({c->workspace, c->key->name, "key_created", w.name, now}); !told)
      return c->refuse(told.error());
    nlohmann::json body{{"key", secret},
                        {"name", w.name},
                        {"role", std::string(to_string(w.as))},
                        {"created_at", to_iso(now)}};
    // The key is shown once: what is kept for a repeat of this request is everything but it.
    auto kept = body;
    kept["key"] = nullptr;
    c->kept_body = kept.dump();
    c->node().reload(c->workspace, [c, body] { c->answer(201, body); });
  });
}

}  // namespace heed::api
