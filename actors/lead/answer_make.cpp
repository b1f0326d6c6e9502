#include <algorithm>

#include "actors/lead/answer.hpp"
#include "actors/lead/gates.hpp"

namespace heed {

namespace {

/// Of what the lead wrote a draft keeps its head; all of it is in the conversation.
constexpr std::size_t inbound_kept = 4'096;

std::string head_of(const std::string& text) {
  if (text.size() <= inbound_kept) return text;
  auto end = inbound_kept;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return text.substr(0, end);
}

std::string trigger_name(const heard_reply& h) {
  for (const auto* id : {&h.said.message.message_id, &h.said.message.provider_id})
    if (!id->empty()) return *id;
  return h.key;
}

bool is_reply_subject(const std::string& s) {
  return s.size() >= 3 && (s[0] == 'R' || s[0] == 'r') && (s[1] == 'e' || s[1] == 'E') && s[2] == ':';
}

std::string answer_subject(const std::string& subject) {
  if (subject.empty() || is_reply_subject(subject)) return subject;
  return "Re: " + subject;
}

/// The campaign of the touch that is replied to; without one all that wrote to this person, the latest first.
void find_campaigns(const deliberation& d, const message_ref& m, lead_draft& x) {
  for (const auto& sent : d.lead().sent) {
    const bool same = (!m.in_reply_to.empty() && sent.message_id == m.in_reply_to) || (!m.effect.empty() && sent.effect.value == m.effect);
    if (same && !sent.campaign.empty()) x.campaign = campaign_id{sent.campaign};
  }
  if (!x.campaign.empty()) return;
  std::vector<const run*> touched;
  for (const auto& r : d.lead().runs)
    if (r.last_touch) touched.push_back(&r);
  std::ranges::sort(touched, [](auto* a, auto* b) { return *a->last_touch > *b->last_touch; });
  for (auto* r : touched) (x.campaign.empty() ? x.campaign : x.also.emplace_back()) = r->campaign;
}

lead_draft draft_for(const deliberation& d, const heard_reply& h) {
  const auto& s = h.said;
  lead_draft x;
  x.id = d.lead().id.value + "-d" + std::to_string(d.lead().seq);
  x.on = h.on;
  x.answers = {trigger_name(h), d.lead().newest_inbound, s.message.message_id, s.subject,
               head_of(s.text), s.reading->kind, h.at};
  if (x.on == channel::email) x.subject = answer_subject(s.subject);
  x.made_at = d.now();
  find_campaigns(d, s.message, x);
  return x;
}

const std::string* text_for(const deliberation& d, reply::reply_class kind) {
  const auto& texts = d.defaults().drafts.templates;
  auto found = texts.find(std::string(reply::to_string(kind)));
  if (found == texts.end()) found = texts.find("any");
  return found == texts.end() ? nullptr : &found->second;
}

bool is_wanted(const deliberation& d, const heard_reply& h) {
  const auto& s = h.said;
  if (d.is_backfill() || !s.reading || !s.reading->sure || d.lead().suppressed) return false;
  if (!draft::wants_answer(s.reading->kind) || draft::is_bounce_like(s.from)) return false;
  if (!address_kind(h.on)) return false;
  return model_of(d) != nullptr || text_for(d, s.reading->kind) != nullptr;
}

/// From the workspace's own texts, word for word the same for the same lead.
std::optional<std::string> by_rule(deliberation& d, const lead_draft& x) {
  const auto* text = text_for(d, x.answers.kind);
  if (!text) return std::nullopt;
  const auto email = address_for(d.lead(), channel::email);
  const auto phone = address_for(d.lead(), channel::sms);
  const auto* r = d.lead().find_run(x.campaign);
  static const field_map none;
  message_template words;
  words.body = *text;
  auto rendered = render(words, {&d.lead().fields, email, phone, &d.defaults(), r ? &r->attribution : &none,
                                 r ? std::string_view(r->landing_page) : std::string_view()});
  if (rendered) return std::move(rendered->body);
  d.note("not_drafted", missing_reason(rendered.error()));
  return std::nullopt;
}

}  // namespace

bool tree_decides(const deliberation& d, const heard_reply& s) {
  if (!is_wanted(d, s) || !reply::is_positive(s.said.reading->kind) || d.lead().hot || d.lead().handoff) return false;
  return draft::mode_of(moment_of(d, draft_for(d, s)).rules,
                        {d.defaults().drafts.auto_send_disabled, d.defaults().drafts.revision_disabled}) !=
         draft::send_mode::draft_only;
}

bool write_answer(deliberation& d, lead_draft x) {
  if (model_of(d)) {
    ask_model(d, std::move(x), draft::model_task::write, 0, {});
    return true;
  }
  auto text = by_rule(d, x);
  if (!text) return false;
  x.text = std::move(*text);
  x.by = draft::author::rule;
  const bool again = x.version > 1;
  put(d, x, again ? "regenerated" : "written", "template");
  if (!again) begin_tree(d, std::move(x));
  return true;
}

bool draft_answer(deliberation& d, const heard_reply& s) {
  if (!is_wanted(d, s)) return false;
  auto x = draft_for(d, s);
  const bool known = std::ranges::any_of(
      d.lead().drafts, [&](auto& o) { return o.answers.name == x.answers.name && o.on == x.on; });
  return known || write_answer(d, std::move(x));
}

}  // namespace heed
