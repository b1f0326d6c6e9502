#include "actors/lead/reply/reader.hpp"

#include <algorithm>
#include <cmath>

#include "actors/lead/reply/delivery_report.hpp"
#include "actors/lead/reply/reply.hpp"

namespace heed::reply {

namespace {

using namespace std::chrono_literals;

/// A day that is named begins when people do.
constexpr auto first_hour = 9h;
constexpr std::size_t longest_evidence = 200;

const zone_rules& zone_of(const lead_state& lead, const policy& p) {
  if (!p.zones) return utc_zone();
  return p.zones->find(lead.time_zone.empty() ? p.defaults.time_zone : lead.time_zone);
}

/// Cut between characters, not within one.
std::string excerpt(std::string text) {
  if (text.size() <= longest_evidence) return text;
  auto end = longest_evidence;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

reply_reading reading_of(reply_verdict v, const zone_rules& zone) {
  reply_reading r;
  r.kind = v.kind;
  r.sure = v.confidence >= act_from;
  r.urgent = v.urgent_human;
  r.confidence_pct = static_cast<std::uint32_t>(std::lround(std::clamp(v.confidence, 0.0, 1.0) * 100));
  r.rule = std::move(v.rule);
  r.rules = rules_version();
  r.evidence = excerpt(std::move(v.evidence_text));
  if (v.resume_on) r.resume_at = to_utc(zone, local_point(std::chrono::local_days(*v.resume_on)) + first_hour);
  r.referred_email = std::move(v.referred_email);
  r.referred_name = std::move(v.referred_name);
  return r;
}

/// Reports of mailers are mails. Words like theirs on another channel are a person's, and nobody knows what they mean.
void judge_report(reply_reading& r, const reply_input& in) {
  if (in.channel != channel::email) {
    r.sure = false;
    return;
  }
  auto report = read_delivery_report(in.subject, in.text);
  r.bounce = report.severity;
  r.bounce_code = std::move(report.code);
}

}  // namespace

void read_into(stimulus& s, const lead_state& lead, const policy& p) {
  auto* r = std::get_if<reply_received>(&s.body);
  if (r == nullptr || r->reading || (r->text.empty() && r->subject.empty()) || r->metadata_only) return;
  const auto& zone = zone_of(lead, p);
  reply_input in;
  in.channel = s.on.value_or(channel::email);
  in.subject = r->subject;
  in.text = r->text;
  in.received_at = s.occurred_at;
  in.zone = &zone;
  // The mail's own marks were judged at the door.
  if (r->automated) in.headers.emplace_back("Auto-Submitted", "auto-replied");
  r->reading = reading_of(read_reply(in), zone);
  if (r->reading->kind == reply_class::bounce) judge_report(*r->reading, in);
}

}  // namespace heed::reply
