#include "actors/lead/preview.hpp"

#include <algorithm>

#include "actors/lead/touch.hpp"

namespace heed {
namespace {

/// The run as it stands, or as it would be at its start.
run& run_to_show(lead_state& lead, const campaign& c, time_point now) {
  if (auto* r = lead.find_run(c.id)) return *r;
  run fresh;
  fresh.campaign = c.id;
  fresh.sequence_version = c.current().version;
  fresh.started_at = fresh.anchor = now;
  lead.runs.push_back(std::move(fresh));
  return lead.runs.back();
}

std::vector<std::string> all_of(const missing_values& gap) {
  std::vector<std::string> out;
  for (const auto* list : {&gap.lead, &gap.workspace, &gap.booking, &gap.availability})
    out.insert(out.end(), list->begin(), list->end());
  return out;
}

}  // namespace

tl::expected<touch_preview, std::string> preview_touch(const lead_state& lead, const campaign_id& c,
                                                       const std::optional<step_id>& step, const policy& p,
                                                       const circumstances& when) {
  const auto* plan = p.find_campaign(c);
  if (!plan) return tl::unexpected(std::string("unknown_campaign"));
  auto shown = lead;
  auto& r = run_to_show(shown, *plan, when.now);
  const auto* sequence = plan->find_sequence(r.sequence_version);
  if (!sequence) return tl::unexpected(std::string("definition_gone"));
  if (step) {
    const auto at = std::ranges::find(sequence->steps, *step, &heed::step::id);
    if (at == sequence->steps.end()) return tl::unexpected("unknown_step: " + step->value);
    r.cursor = static_cast<std::uint32_t>(at - sequence->steps.begin());
  }
  if (r.cursor >= sequence->steps.size()) return tl::unexpected(std::string("no_step_left"));
  r.touch.reset();
  r.retry.reset();
  const auto id = r.campaign;

  const stimulus nothing{};
  deliberation d(shown, nothing, p, when);
  auto touch = gather(d, *d.lead().find_run(id));
  touch_preview out;
  out.step = touch.view.next->id.value;
  out.gates = ask_gates(touch.view);
  if (touch.view.gap) out.missing = all_of(*touch.view.gap);
  if (touch.view.via) out.via = touch.view.via->id;
  if (touch.view.gap || touch.view.template_gone || !touch.view.via) return out;
  // A link that is good for nothing: following it in a test must not unsubscribe the lead it was rendered for.
  identify(touch.message, d, *touch.view.via, effect_id{"preview"});
  out.message = std::move(touch.message);
  return out;
}

}  // namespace heed
