#include <algorithm>

#include "actors/lead/deliberation.hpp"
#include "actors/lead/identity/mailbox.hpp"
#include "actors/lead/limits.hpp"

/// Who answers for a lead (ZRG-56 to ZRG-59): a colleague who was in copy becomes one more address, never the first one.
namespace heed {

namespace {

const lead_key* primary_email(const lead_state& lead) {
  const auto found = std::ranges::find(lead.keys, key_kind::email, &lead_key::kind);
  return found == lead.keys.end() ? nullptr : &*found;
}

bool has_address(const lead_state& lead, const std::string& email) {
  return std::ranges::any_of(lead.keys, [&](const lead_key& k) {
    return (k.kind == key_kind::email || k.kind == key_kind::alternate_email) && k.value == email;
  });
}

}  // namespace

void note_replier(deliberation& d, const reply_received& s) {
  if (d.what.on && *d.what.on != channel::email) return;
  const auto who = read_mailbox(s.from);
  const auto* primary = primary_email(d.lead());
  if (who.address.empty() || !primary) return;
  const auto& current = d.lead().replier;
  if (who.address == primary->value) {
    if (current) d.conclude(replier_changed{{}, {}});
    return;
  }
  if (!has_address(d.lead(), who.address)) {
    const lead_key key{key_kind::alternate_email, {}, who.address};
    if (d.lead().keys.size() >= limits::keys)
      d.conclude(key_refused{key, "too_many_keys"});
    else
      d.conclude(key_added{key});
  }
  if (!current || current->email != who.address) d.conclude(replier_changed{who.address, who.name});
}

void on(deliberation& d, const promotion_asked& s) {
  const auto email = lower_address(s.email);
  const auto* primary = primary_email(d.lead());
  if (primary && primary->value == email) return d.note("promote", "already_primary");
  const auto held = std::ranges::find(d.lead().keys, lead_key{key_kind::alternate_email, {}, email});
  if (held == d.lead().keys.end()) return d.note("refused", "not_an_alternate");
  d.conclude(key_promoted{email, primary ? primary->value : std::string{}, s.by});
}

}  // namespace heed
