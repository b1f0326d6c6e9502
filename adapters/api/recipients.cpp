#include "adapters/api/recipients.hpp"

#include "actors/lead/identity/mailbox.hpp"
#include "actors/lead/identity/recipients.hpp"
#include "actors/lead/limits.hpp"
#include "adapters/api/present.hpp"
#include "persistence/codec/codec.hpp"

namespace heed::api {

using nlohmann::json;

json recipients_json(const lead_state& s, const policy& p) {
  const auto* via = held_email_account(s, p);
  const auto fixed = fixed_recipient(via);
  auto all = json::array();
  for (const auto& each : recipients_of(s)) {
    if (!fixed.empty() && each.email != thread_recipient(s)) continue;
    all.push_back({{"email", each.email},
                   {"name", text_or_null(each.name)},
                   {"as", std::string(to_string(each.as))},
                   {"held", text_or_null(each.held)}});
  }
  return {{"choices", std::move(all)},
          {"fixed", text_or_null(std::string(fixed))},
          {"copies", via == nullptr || carries_copies(*via)}};
}

void read_recipients(object_reader& in, command& cmd) {
  in.read("to", cmd.to);
  if (!cmd.to.empty() && !is_plain_address(cmd.to))
    in.report("to", "must be one address like ana@example.com");
  if (!in.any("cc")) return;
  cmd.cc = in.texts("cc");
  if (cmd.cc->size() > limits::copies)
    in.report("cc", "must hold at most " + std::to_string(limits::copies) + " addresses");
  for (std::size_t i = 0; i < cmd.cc->size(); ++i)
    if (!is_plain_address((*cmd.cc)[i]))
      in.report("cc", "must hold plain addresses like ana@example.com; number " + std::to_string(i + 1) +
                          " is none");
}

result<problems> listed_recipients(store_reader& r, const workspace_id& ws, const command& cmd) {
  problems found;
  const auto look = [&](const std::string& where, const std::string& address) -> result<void> {
    const lead_key key{key_kind::email, {}, lower_address(address)};
    const auto listed = r.suppressions_of(ws, codec::address_hash(ws, key));
    if (!listed) return tl::unexpected(listed.error());
    if (!listed->empty())
      found.push_back({where, key.value + " may not be written to (" + listed->front().reason +
                                  "); choose somebody else"});
    return {};
  };
  if (!cmd.to.empty())
    if (auto looked = look("/to", cmd.to); !looked) return tl::unexpected(looked.error());
  for (std::size_t i = 0; cmd.cc && i < cmd.cc->size(); ++i)
    if (auto looked = look("/cc/" + std::to_string(i), (*cmd.cc)[i]); !looked)
      return tl::unexpected(looked.error());
  return found;
}

}  // namespace heed::api
