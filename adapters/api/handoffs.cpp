#include "adapters/api/handlers.hpp"
#include "adapters/api/lead_lookup.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/present.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

json handoff_json(const stored_handoff& h) {
  const auto& x = h.handoff;
  return {{"lead_id", h.lead.value},
          {"episode", x.episode},
          {"reason", x.reason},
          {"by", text_or_null(x.by)},
          {"since", to_iso(x.since)},
          {"acknowledged_by", text_or_null(x.acknowledged_by)},
          {"acknowledged_at", instant_json(x.acknowledged_at)},
          {"ended_at", instant_json(x.ended_at)},
          {"ended_by", text_or_null(x.ended_by)}};
}

}  // namespace

void list_handoffs(const call_ptr& c) {
  const auto p = read_page(*c);
  if (!p) return;
  const auto open = c->request.query_value("open");
  if (!open.empty() && open != "true" && open != "false")
    return c->refuse(unprocessable("open", "This is neither true nor false.",
                                   "Send ?open=true for those nobody has taken notice of, or leave it out."));
  reading(c, [c, p = *p, only_open = open == "true"](store_reader& r) {
    const auto found = r.handoffs(c->workspace, only_open, p);
    if (!found) return c->refuse(found.error());
    std::set<lead_id> asked;
    for (const auto& h : found->items)
      asked.insert(h.lead);
    const auto states = states_of(r, asked);
    if (!states) return c->refuse(states.error());
    c->answer(200, page_json(*found, [&](const stored_handoff& h) {
                auto one = handoff_json(h);
                const auto known = states->find(h.lead);
                one["who"] = text_or_null(known == states->end() ? std::string{} : who_is(known->second));
                return one;
              }));
  });
}

}  // namespace heed::api
