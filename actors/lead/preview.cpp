#include "actors/lead/preview.hpp"

#include <algorithm>

#include "actors/lead/gates.hpp"
#include "actors/lead/rendering.hpp"

namespace heed {

tl::expected<touch_preview, std::string> preview_touch(const lead_state& lead, const campaign_id& c,
                                                       const std::optional<step_id>& step, const policy& p,
                                                       const circumstances&) {
  const auto* plan = p.find_campaign(c);
  if (!plan || plan->sequences.empty()) return tl::unexpected(std::string("unknown_campaign"));
  const auto& steps = plan->current().steps;
  const auto* r = lead.find_run(c);
  const auto next = step ? std::ranges::find(steps, *step, &heed::step::id)
                         : steps.begin() + std::min<std::ptrdiff_t>(r ? r->cursor : 0, std::ssize(steps));
  if (next == steps.end()) return tl::unexpected(std::string(step ? "unknown_step" : "no_step_left"));
  touch_preview out;
  out.step = next->id.value;
  for (const auto& [id, a] : p.accounts)
    if (out.via.empty() && a.enabled && a.on == next->on) out.via = id;
  const auto text = plan->templates.find(next->uses.value);
  if (text == plan->templates.end()) return out;
  const auto journey = r ? *r : run{};
  auto rendered = render_touch(text->second, *next, journey, lead, p, address_for(lead, next->on));
  if (rendered)
    out.message = std::move(*rendered);
  else
    for (const auto* list : {&rendered.error().lead, &rendered.error().workspace, &rendered.error().booking,
                             &rendered.error().availability})
      out.missing.insert(out.missing.end(), list->begin(), list->end());
  return out;
}

}  // namespace heed
