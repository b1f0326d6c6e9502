#include "actors/lead/identity/recipients.hpp"

#include <algorithm>
#include <array>

namespace heed {

namespace {

std::string held_because(const lead_state& lead, const std::string& email) {
  const auto found = std::ranges::find_if(lead.held_addresses, [&](const held_address& a) {
    return a.kind == key_kind::email && a.value == email;
  });
  return found == lead.held_addresses.end() ? std::string{} : found->reason;
}

/// In the order they are offered; an address that was offered before is not offered again.
class choices {
 public:
  explicit choices(const lead_state& lead) : lead_(lead) {}

  void offer(const std::string& email, recipient_role as, const std::string& name = {}) {
    if (email.empty() || std::ranges::find(all_, email, &recipient::email) != all_.end()) return;
    all_.push_back({email, name, as, held_because(lead_, email)});
  }
  void offer(key_kind kind, recipient_role as) {
    for (const auto& k : lead_.keys)
      if (k.kind == kind) offer(k.value, as);
  }
  [[nodiscard]] std::vector<recipient> take() { return std::move(all_); }

 private:
  const lead_state& lead_;
  std::vector<recipient> all_;
};

}  // namespace

std::string_view to_string(recipient_role r) {
  static constexpr std::array<std::string_view, 4> names{"replier", "latest_sender", "primary", "alternate"};
  return names[static_cast<std::size_t>(r)];
}

std::vector<recipient> recipients_of(const lead_state& lead) {
  choices all(lead);
  if (lead.replier) all.offer(lead.replier->email, recipient_role::replier, lead.replier->name);
  all.offer(lead.latest_sender, recipient_role::latest_sender);
  all.offer(key_kind::email, recipient_role::primary);
  all.offer(key_kind::alternate_email, recipient_role::alternate);
  return all.take();
}

std::string usual_recipient(const lead_state& lead) {
  const auto all = recipients_of(lead);
  if (all.empty()) return {};
  const auto open = std::ranges::find_if(all, [](const recipient& r) { return r.held.empty(); });
  return open == all.end() ? all.front().email : open->email;
}

std::string thread_recipient(const lead_state& lead) {
  if (!lead.latest_sender.empty()) return lead.latest_sender;
  const auto primary = std::ranges::find(lead.keys, key_kind::email, &lead_key::kind);
  return primary == lead.keys.end() ? std::string{} : primary->value;
}

const account* held_email_account(const lead_state& lead, const policy& p) {
  const auto held = lead.accounts.find(channel::email);
  return held == lead.accounts.end() ? nullptr : p.find_account(held->second);
}

std::string_view fixed_recipient(const account* via) {
  if (!via || !via->thread_recipient) return {};
  return "the provider answers within its own thread, so the message goes to whoever wrote there last";
}

}  // namespace heed
