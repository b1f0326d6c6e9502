#include "runtime/review_notice.hpp"

#include "actors/lead/draft_life.hpp"
#include "actors/lead/gates.hpp"

namespace heed {
namespace {

constexpr std::string_view mark = "slack:";

std::string name_of(const lead_state& lead) {
  const auto field = [&](const char* name) {
    const auto it = lead.fields.find(name);
    return it == lead.fields.end() ? std::string() : it->second;
  };
  auto name = field("firstName");
  if (const auto last = field("lastName"); !last.empty()) name += (name.empty() ? "" : " ") + last;
  if (name.empty()) name = address_for(lead, channel::email);
  return name.empty() ? lead.id.value : name;
}

}  // namespace

std::optional<slack::review> review_of(const lead_state& lead, const std::string& draft, const policy& p) {
  const auto* x = lead.find_draft(draft);
  if (!x) return std::nullopt;
  slack::review r;
  r.about = {lead.workspace.value, lead.id.value, x->id, x->version};
  r.lead_name = name_of(lead);
  const auto* c = p.find_campaign(x->campaign);
  r.campaign = c && !c->name.empty() ? c->name : x->campaign.value;
  r.on = x->on;
  r.subject = x->answers.subject;
  r.latest_inbound = x->answers.text;
  if (const auto& d = x->tree.decided) {
    r.reason = d->explanation.empty() ? d->reason : d->explanation;
    r.sure = d->sure;
    r.threshold = d->threshold;
  }
  if (p.defaults.drafts.preview_in_slack) r.preview = x->text;
  r.public_url = p.public_url;
  return r;
}

slack::review_outcome outcome_of(const lead_state& lead, const std::string& draft, const policy& p, time_point now) {
  const auto* x = lead.find_draft(draft);
  if (!x) return slack::not_sent{"the draft is not known any more"};
  using stage = draft::sending::stage;
  const auto who = x->why.empty() || !x->decided_by.starts_with(mark) ? x->decided_by : x->why;
  if (x->status == draft::draft_status::rejected) {
    if (x->decided_by == "rules" || x->decided_by == "ai") return slack::not_sent{x->why};
    return slack::rejected_by{who};
  }
  if (x->out && x->out->at == stage::given_up) return slack::not_sent{x->out->why};
  if (x->status == draft::draft_status::approved) {
    if (x->out && !x->out->by_human) return slack::sent_already{};
    return slack::sent_by{who};
  }
  if (stale_reason(lead, *x, p.defaults, now)) return slack::not_sent{"it is stale: open the conversation and read it first"};
  return slack::not_sent{"it has changed since: open it and read it again"};
}

std::optional<slack_place> slack_place_of(const std::string& to) {
  if (!to.starts_with(mark)) return std::nullopt;
  const auto rest = to.substr(mark.size());
  if (rest.find('@') != std::string::npos) return slack_place{rest, {}, {}};
  const auto cut = rest.find('/');
  if (cut == std::string::npos) return std::nullopt;
  return slack_place{{}, rest.substr(0, cut), rest.substr(cut + 1)};
}

}  // namespace heed
