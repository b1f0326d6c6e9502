#include "adapters/outbound/sender.hpp"

#include <array>

#include "adapters/outbound/senders.hpp"
#include "adapters/outbound/wire.hpp"

namespace heed::outbound {

std::optional<call> sender::build_fetch_reply(const sending_account&, const std::string&) const {
  return std::nullopt;
}

std::optional<nlohmann::json> sender::read_fetch_reply(const answer&) const { return std::nullopt; }

std::string sender::message_id(const sending_account&, const send_effect&) const { return {}; }

std::chrono::seconds sender::visibility_delay_of(const sending_account& a) const {
  const auto set = number_option(a, "visibility_delay_seconds");
  return set ? std::chrono::seconds(*set) : visibility_delay();
}

const sender* find_sender(std::string_view provider) {
  struct entry {
    std::string_view name;
    const sender& (*get)();
  };
  static constexpr std::array<entry, 4> table{{{"resend", resend_sender},
                                               {"twilio", twilio_sender},
                                               {"smtp", smtp_sender},
                                               {"http", own_gateway_sender}}};
  for (const auto& e : table)
    if (e.name == provider) return &e.get();
  return nullptr;
}

}  // namespace heed::outbound
