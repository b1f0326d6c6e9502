#include <algorithm>

#include "actors/workspace/account_check.hpp"
#include "actors/workspace/policy_json.hpp"
#include "adapters/api/account_body.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/policy_change.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

bool has_webhook_secret(const call& c) {
  const auto known = c.node().account_of(c.workspace, account_id{webhook_account});
  return known && known->account.secrets.contains("secret");
}

void answer_settings(call& c, const policy& p) {
  const auto document = to_json(p.defaults);
  const auto etag = etag_of(document);
  c.answer(200,
           {{"revision", p.revision},
            {"etag", etag},
            {"settings", document},
            {"webhook_secret_set", has_webhook_secret(c)}},
           {{"ETag", etag}});
}

/// Write-only, so it is taken out before the settings are read; none when there is none.
tl::expected<std::optional<std::string>, http::problem> take_webhook_secret(json& body) {
  if (!body.is_object() || !body.contains("handoff") || !body["handoff"].is_object()) return std::nullopt;
  auto& handoff = body["handoff"];
  const auto found = handoff.find("webhook_secret");
  if (found == handoff.end()) return std::nullopt;
  const auto value = *found;
  handoff.erase("webhook_secret");
  if (value.is_null()) return std::nullopt;
  if (value.is_string() && is_webhook_secret(value.get_ref<const std::string&>()))
    return value.get<std::string>();
  return tl::unexpected(unprocessable("/handoff/webhook_secret", "This is no secret of a webhook.",
                                      "Send `whsec_` and 24 to 64 random bytes in base64."));
}

struct sealed_secret {
  outbound::sending_account account;
  bytes sealed;
};

tl::expected<sealed_secret, http::problem> seal_webhook_secret(const call& c, const std::string& secret) {
  const account_id id{webhook_account};
  const auto known = c.node().account_of(c.workspace, id);
  if (known && known->from_file) return tl::unexpected(from_file("The webhook's secret"));
  sealed_secret out;
  out.account.workspace = c.workspace;
  out.account.public_part.id = id;
  out.account.public_part.provider = "webhook";
  out.account.secrets = {{"secret", secret}};
  auto sealed = c.node().seal_account(out.account);
  if (!sealed && sealed.error().code == errc::refused) return tl::unexpected(no_secret_key());
  if (!sealed) return tl::unexpected(from_store(sealed.error()).what);
  out.sealed = std::move(*sealed);
  return out;
}

/// What a real account needs of the settings may not be taken away from under it.
problems missing_for_accounts(const call& c, const policy& p) {
  problems found;
  for (const auto& [id, a] : p.accounts) {
    const auto setup = c.node().account_of(c.workspace, id);
    check_account(a, setup ? setup->account.base_url : "", setup ? setup->account.options : json::object(),
                  p.defaults, p.public_url, "", "", found);
  }
  problems out;
  for (const auto* field : {"/sender_name", "/postal_address"}) {
    const auto it = std::ranges::find(found, field, &problem::field);
    if (it != found.end()) out.push_back(*it);
  }
  return out;
}

tl::expected<void, http::problem> replace_settings(const call& c, policy& p, const json& body,
                                                   bool secret_given) {
  if (auto ok = check_preconditions(c.request, to_json(p.defaults)); !ok) return ok;
  auto next = settings_from_json(body, p.zones.get());
  if (!next) return tl::unexpected(unprocessable(next.error()));
  p.defaults = std::move(*next);
  if (!p.defaults.handoff.webhook.empty() && !secret_given && !has_webhook_secret(c))
    return tl::unexpected(
        unprocessable("/handoff/webhook_secret", "The webhook has no secret to be signed with.",
                      "Send `whsec_` and 24 to 64 random bytes in base64 beside the webhook."));
  if (const auto missing = missing_for_accounts(c, p); !missing.empty())
    return tl::unexpected(unprocessable(missing));
  return {};
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
  auto body = read_body(*c, body_need::required);
  if (!body) return;
  const auto secret = take_webhook_secret(*body);
  if (!secret) return c->refuse(secret.error());
  std::optional<sealed_secret> kept;
  if (*secret) {
    auto sealed = seal_webhook_secret(*c, **secret);
    if (!sealed) return c->refuse(sealed.error());
    kept = std::move(*sealed);
  }
  auto edit = [c, body = *body, given = kept.has_value()](policy& p) {
    return replace_settings(*c, p, body, given);
  };
  auto also = [c, kept](store& s, store_reader&) -> result<void> {
    if (!kept) return {};
    const auto& id = kept->account.public_part.id;
    if (auto put = s.put_account_config({c->workspace, id, kept->sealed, c->node().now()}); !put) return put;
    c->node().use_account(kept->account);
    return {};
  };
  change_policy(c, {"settings_put", {}, edit, [c](const policy& p) { answer_settings(*c, p); }, also});
}

}  // namespace heed::api
