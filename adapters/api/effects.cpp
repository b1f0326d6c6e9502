#include "actors/campaign/document.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/present.hpp"

/// Calls of which nobody knows whether they delivered: shown, and settled by a person's evidence.
namespace heed::api {

using nlohmann::json;

namespace {

constexpr std::size_t unknown_max = 10'000;
constexpr std::size_t evidence_max = 1'000;

json unknown_json(const effect_row& e) {
  return {{"effect_id", e.id.value},
          {"lead_id", e.lead.value},
          {"campaign_id", text_or_null(e.campaign.value)},
          {"account", text_or_null(e.account.value)},
          {"claimed_at", instant_json(e.claimed_at)},
          {"detail", text_or_null(e.detail)}};
}

struct resolution {
  bool delivered = false;
  std::string evidence;
};

std::optional<resolution> read_resolution(call& c) {
  const auto body = read_body(c, body_need::required);
  if (!body) return std::nullopt;
  problems found;
  object_reader in(*body, "", found);
  resolution out;
  const auto outcome = in.text("outcome").value_or("");
  if (outcome != "delivered" && outcome != "not_delivered")
    in.report("outcome", "must be delivered or not_delivered");
  out.delivered = outcome == "delivered";
  in.read("evidence", out.evidence);
  if (out.evidence.empty() || out.evidence.size() > evidence_max)
    in.report("evidence", "must say in 1 to 1000 bytes how you know");
  in.finish();
  if (found.empty()) return out;
  c.refuse(unprocessable(found));
  return std::nullopt;
}

/// The evidence is kept with the name of whoever gave it before it is answered.
void answer_resolved(const call_ptr& c, const effect_id& id, const resolution& how) {
  writing(c, [c, id, how](store& s) {
    const auto told = s.add_audit(
        {c->workspace, c->key->name, "effect_evidence", id.value + ": " + how.evidence, c->node().now()});
    if (!told) return c->refuse(told.error());
    c->answer(200, {{"effect_id", id.value}, {"outcome", how.delivered ? "delivered" : "not_delivered"}});
  });
}

}  // namespace

void list_effects(const call_ptr& c) {
  const auto p = read_page(*c);
  if (!p) return;
  const auto state = c->request.query_value("state");
  if (!state.empty() && state != "unknown")
    return c->refuse(unprocessable("state", "Only effects of unknown outcome are listed.",
                                   "Send ?state=unknown, or leave it out."));
  reading(c, [c, p = *p](store_reader& r) {
    const auto open = r.open_effects(std::nullopt, effect_state::unknown, unknown_max);
    if (!open) return c->refuse(open.error());
    // They are few, and in no order of their own: a page goes by id.
    std::map<std::string, const effect_row*> mine;
    for (const auto& e : *open)
      if (e.workspace == c->workspace && e.id.value > p.after) mine.emplace(e.id.value, &e);
    auto items = json::array();
    std::string next;
    for (const auto& [id, e] : mine) {
      if (items.size() == p.limit) {
        next = items.back().at("effect_id").get<std::string>();
        break;
      }
      items.push_back(unknown_json(*e));
    }
    c->answer(200, page_json(std::move(items), next));
  });
}

void resolve_effect(const call_ptr& c) {
  const auto how = read_resolution(*c);
  if (!how) return;
  const effect_id id{c->param("effect")};
  c->node().resolve_effect(
      c->workspace, id, how->delivered, c->key->name, [c, id, how = *how](const result<void>& done) {
        if (!done && done.error().code == errc::conflict)
          return c->refuse(
              conflict("not_unknown", "The outcome of this effect is not unknown.",
                       "See the run's touches for its state; only unknown effects are resolved."));
        if (!done) return c->refuse(done.error());
        answer_resolved(c, id, how);
      });
}

}  // namespace heed::api
