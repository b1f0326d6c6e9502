#include "actors/gateway/lead_name.hpp"
#include "actors/lead/links.hpp"
#include "actors/lead/sender_identity.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/one_click.hpp"

/// The page behind the link in an email (RFC 8058). Looking at it changes nothing: scanners and previews
/// follow links. Who holds the token may unsubscribe, and nobody needs more than that.
namespace heed::api {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// The form posts to the address it came from; that address is in no page, so that nothing can be put into
/// one.
constexpr std::string_view button_before =
    R"(<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button type="submit">)";

std::string page_of(std::string_view language, std::string_view title, std::string_view text,
                    std::string_view button) {
  std::string out =
      "<!doctype html>\n<html lang=\"" + escaped(language) +
      "\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta name=\"robots\" content=\"noindex\"><title>" +
      escaped(title) +
      "</title><style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;"
      "padding:0 1rem;color:#222;background:#fff}button{font:inherit;padding:.6rem 1.4rem;"
      "cursor:pointer}</style></head><body><main><h1>" +
      escaped(title) + "</h1><p>" + escaped(text) + "</p>";
  if (!button.empty()) out.append(button_before).append(escaped(button)).append("</button></form>");
  return out + "</main></body></html>\n";
}

void answer_page(call& c, int status, std::string body) {
  c.answer({status,
            "text/html; charset=utf-8",
            std::move(body),
            {{"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"},
             {"Referrer-Policy", "no-referrer"},
             {"Cache-Control", "no-store"},
             {"X-Content-Type-Options", "nosniff"}}});
}

/// A forged token, one of a lead that is gone and nonsense are answered alike.
void answer_unknown(call& c) {
  const auto words = unsubscribe_page_words("en");
  answer_page(c, 404, page_of("en", words.title, words.unknown, {}));
}

struct link_target {
  effect_id effect;
  lead_id lead;
};

/// Workspaces that came from another store have brought the key of their links.
std::optional<effect_id> effect_of(const call& c) {
  const auto& token = c.param("token");
  if (auto found = effect_of_token(token, c.node().link_key())) return found;
  for (const auto& ws : c.node().workspaces()) {
    const auto p = c.node().current_policy(ws);
    if (!p || p->link_key.empty()) continue;
    if (auto found = effect_of_token(token, p->link_key)) return found;
  }
  return std::nullopt;
}

std::optional<link_target> target_of(const call& c) {
  const auto effect = effect_of(c);
  if (!effect) return std::nullopt;
  const auto lead = lead_of_effect(effect->value);
  if (!lead) return std::nullopt;
  return link_target{*effect, *lead};
}

/// Calls `f` with the link's target once its lead is known to exist; the call's workspace is the lead's then.
void with_target(const call_ptr& c, std::function<void(const link_target&)> f) {
  const auto t = target_of(*c);
  if (!t) return answer_unknown(*c);
  reading(c, [c, t = *t, f = std::move(f)](store_reader& r) {
    const auto rows = r.leads(std::span(&t.lead, 1));
    if (!rows) return c->refuse(rows.error());
    if (rows->empty()) return answer_unknown(*c);
    c->workspace = rows->front().workspace;
    f(t);
  });
}

std::string language_of(const call& c) {
  const auto p = c.node().current_policy(c.workspace);
  return p ? p->defaults.language : std::string("en");
}

void submit_unsubscribe(const call_ptr& c, const link_target& t) {
  stimulus s;
  s.key = "unsubscribe:" + t.effect.value;
  s.occurred_at = s.received_at = c->node().now();
  s.source = "unsubscribe";
  unsubscribed what;
  what.message.effect = t.effect.value;
  what.via = "one_click";
  s.body = std::move(what);
  std::vector<engine::submission> items;
  items.push_back({c->workspace, std::move(s), t.lead});
  submitting(c, std::move(items), {c->opts().decision_wait}, [c](const std::vector<engine::outcome>& outcomes) {
    if (outcomes.front().accepted == accept_result::what::no_lead) return answer_unknown(*c);
    const auto language = language_of(*c);
    const auto words = unsubscribe_page_words(language);
    answer_page(*c, 200, page_of(language, words.title, words.done, {}));
  });
}

}  // namespace

void show_unsubscribe(const call_ptr& c) {
  with_target(c, [c](const link_target&) {
    const auto language = language_of(*c);
    const auto words = unsubscribe_page_words(language);
    answer_page(*c, 200, page_of(language, words.title, words.question, words.button));
  });
}

void unsubscribe(const call_ptr& c) {
  with_target(c, [c](const link_target& t) {
    if (!is_one_click(c->request))
      return c->refuse(unprocessable(
          "List-Unsubscribe", "The body does not ask to be unsubscribed.",
          "Send `List-Unsubscribe=One-Click` as application/x-www-form-urlencoded or multipart/form-data."));
    submit_unsubscribe(c, t);
  });
}

}  // namespace heed::api
