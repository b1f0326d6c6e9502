#include "actors/campaign/prepare.hpp"

#include <span>

#include "actors/lead/check.hpp"
#include "actors/workspace/policy.hpp"

namespace heed {
namespace {

struct touch {
  const char* name;  ///< of the template, and of the step
  channel on;
  const char* delay;
  const char* subject;  ///< empty = the thread goes on
  const char* body;
  bool offers_call;  ///< the calendar link is appended where there is one
};

constexpr touch investor[] = {
    {"hello", channel::email, "0s", "Thank you for your interest, {firstName}",
     "Hello {firstName},\n\nthank you for reaching out. I would be glad to answer whatever you would like to "
     "know, at "
     "whatever pace suits you. A reply to this message reaches me directly.",
     false},
    {"thought", channel::email, "5bd", "",
     "Hello {firstName},\n\nI wanted to leave the door open: if a question has come up since, I am happy to "
     "answer it. "
     "If the timing is not right, that is perfectly fine.",
     true},
    {"farewell", channel::email, "10bd", "",
     "Hello {firstName},\n\nI will not take more of your time. Should you want to pick this up again, a "
     "reply to this "
     "message is enough, whenever that may be.",
     false},
};

constexpr touch end_user[] = {
    {"hello", channel::email, "0s", "What happens next, {firstName}",
     "Hello {firstName},\n\nwe received your request. The next steps are simple: tell us what you need, we "
     "send you the "
     "details, and you decide. Reply to this message with any question.",
     true},
    {"reminder", channel::sms, "1bd", "",
     "Hello {firstName}, we sent you an email about your request. Do you have any questions we can answer?",
     false},
    {"details", channel::email, "2bd", "",
     "Hello {firstName},\n\nin case it helps, these are the points most people ask about: what it does, what "
     "it costs and "
     "how long it takes. Which of them may I answer for you?",
     true},
    {"last", channel::email, "4bd", "",
     "Hello {firstName},\n\nthis is my last message about your request. Reply at any time and we continue "
     "where we left "
     "off.",
     false},
};

constexpr touch re_engagement[] = {
    {"hello", channel::email, "0s", "Is this still of interest, {firstName}?",
     "Hello {firstName},\n\nwe have not spoken for a while. If this is still of interest to you, a short "
     "reply is enough "
     "and I will take it from there.",
     false},
    {"farewell", channel::email, "15bd", "",
     "Hello {firstName},\n\nI will leave it at that. You are welcome to write whenever it suits you.", false},
};

/// `End-User` and `end user` mean `end_user`.
std::string plain(std::string_view intent) {
  std::string out(intent);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-' || c == ' ') c = '_';
  }
  return out;
}

std::span<const touch> touches_for(std::string_view intent) {
  if (intent == "end_user") return end_user;
  if (intent == "re_engagement") return re_engagement;
  return investor;
}

std::string body_of(const touch& t, const settings& workspace) {
  std::string body = t.body;
  if (t.on != channel::email) return body;
  if (t.offers_call && !workspace.calendar_link.empty()) body += "\n\nIf you prefer to talk: {calendarLink}";
  if (!workspace.sender_name.empty()) body += "\n\n{senderName}";
  return body;
}

/// A later touch is for those who have not answered; the gates see to it too, this shows it in the
/// definition.
guard_rule not_answered() {
  guard_rule replied;
  replied.what = guard_rule::op::signal;
  replied.name = "reply_received";
  guard_rule rule;
  rule.what = guard_rule::op::negate;
  rule.parts.push_back(std::move(replied));
  return rule;
}

step step_of(const touch& t, bool first, bool last) {
  step s;
  s.id = step_id{t.name};
  s.on = t.on;
  s.uses = template_id{t.name};
  const auto delay = parse_delay(t.delay);
  CHECK(delay.has_value());
  s.at = *delay;
  if (!first) s.guard = not_answered();
  s.essential = first || last;
  return s;
}

}  // namespace

campaign prepare(const campaign_id& id, std::string_view intent, const settings& workspace) {
  campaign c;
  c.id = id;
  c.name = id.value;
  c.intent = plain(intent);
  c.hours = business_hours{.days = 0b0011111, .from_minute = 9 * 60, .to_minute = 17 * 60, .holidays = {}};
  c.profile = workspace.default_profile;
  sequence steps;
  const auto touches = touches_for(c.intent);
  for (const auto& t : touches) {
    steps.steps.push_back(step_of(t, &t == &touches.front(), &t == &touches.back()));
    c.templates[t.name] = {t.subject, body_of(t, workspace)};
  }
  c.sequences.push_back(std::move(steps));
  return c;
}

}  // namespace heed
