#include "actors/lead/identity/letters.hpp"

#include "actors/lead/identity/unite.hpp"

namespace heed {

namespace {

/// One overload a fact that another lead must hear of.
class postman {
 public:
  postman(const lead_state& before, const stimulus& what, const lead_state& after, time_point now)
      : before_(before), what_(what), after_(after), now_(now) {}

  std::vector<letter> out;

  void operator()(const merge_begun& f) { say(f.part, absorption_asked{before_.id, f.merge, f.by, f.reason, f.evidence, after_.keys}); }
  void operator()(const lead_absorbed& f) {
    say(f.into, absorption_answered{before_.id, f.merge, {}, std::make_shared<const lead_state>(before_)});
  }
  void operator()(const merge_refused& f) {
    // Of the two only the part refuses; the other one takes note.
    if (std::holds_alternative<absorption_asked>(what_.body)) say(f.other, absorption_answered{before_.id, f.merge, f.reason, nullptr});
  }
  void operator()(const unmerge_begun& f) { say(f.part, restoring_asked{before_.id, f.merge, f.by, f.reason}); }
  void operator()(const lead_restored& f) { say(f.from, restoring_answered{before_.id, f.merge}); }
  void operator()(const passed_on& f) {
    auto s = what_;
    send(f.to, std::move(s));
  }
  void operator()(const person_suppressed& f) {
    for (const auto& p : after_.parts) say(p.lead, suppression_shared{before_.id, false, f.reason});
    if (heard_here()) say(before_.absorbed->into, unsubscribed{{}, f.via});
  }
  void operator()(const suppression_lifted& f) {
    for (const auto& p : after_.parts) say(p.lead, suppression_shared{before_.id, true, f.source});
  }
  void operator()(const address_suppressed& f) {
    if (heard_here()) say(before_.absorbed->into, message_bounced{{}, f.value, bounce_class::hard, f.reason}, f.kind);
  }
  void operator()(const auto&) {}

 private:
  /// By an outcome of its own, which nobody passes on.
  [[nodiscard]] bool heard_here() const {
    return before_.absorbed.has_value() && std::holds_alternative<effect_outcome>(what_.body);
  }

  void say(const lead_id& to, stimulus_body body, std::optional<key_kind> about = {}) {
    stimulus s;
    s.occurred_at = s.received_at = now_;
    s.source = "lead";
    if (about == key_kind::email || about == key_kind::alternate_email) s.on = channel::email;
    if (about == key_kind::phone) s.on = channel::sms;
    s.body = std::move(body);
    send(to, std::move(s));
  }
  void send(const lead_id& to, stimulus s) {
    s.key = "letter:" + before_.id.value + "-" + std::to_string(after_.seq) + ":" + std::to_string(out.size());
    out.push_back({to, std::move(s)});
  }

  const lead_state& before_;
  const stimulus& what_;
  const lead_state& after_;
  time_point now_;
};

}  // namespace

std::vector<letter> letters_of(const lead_state& before, const stimulus& what, const decision& answer, const lead_state& after,
                               time_point now) {
  postman p(before, what, after, now);
  for (const auto& f : answer.facts) std::visit(p, f);
  return std::move(p.out);
}

}  // namespace heed
