#include "adapters/outbound/sender.hpp"

#include <array>

#include "adapters/outbound/senders.hpp"

namespace heed::outbound {

std::optional<call> sender::build_fetch_reply(const sending_account&, const std::string&) const {
  return std::nullopt;
}

std::optional<nlohmann::json> sender::read_fetch_reply(const answer&) const { return std::nullopt; }

std::string sender::message_id(const sending_account&, const send_effect&) const { return {}; }

std::chrono::seconds sender::visibility_delay_of(const sending_account& a) const {
  if (a.options.is_object()) {
    const auto found = a.options.find("visibility_delay_seconds");
    if (found != a.options.end() && found->is_number_unsigned())
      return std::chrono::seconds(found->get<std::uint32_t>());
  }
  return visibility_delay();
}

const sender* find_sender(std::string_view provider) {
  struct entry {
    std::string_view name;
    const sender& (*get)();
  };
  static constexpr std::array<entry, 3> table{
      {{"resend", resend_sender}, {"twilio", twilio_sender}, {"smtp", smtp_sender}}};
  for (const auto& e : table)
    if (e.name == provider) return &e.get();
  return nullptr;
}

}  // namespace heed::outbound
