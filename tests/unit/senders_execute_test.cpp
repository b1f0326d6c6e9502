#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapters/outbound/sender.hpp"
#include "tests/support/sending.hpp"

#define CAF_SUITE senders_execute
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;

/// When to speak, to whom and what was learned of it is Heed's; a provider is told to send now.
CAF_TEST(SF-50 no request asks a provider to choose a time or an audience) {
  outbound::sending_account own;
  own.public_part.provider = "http";
  own.public_part.on = channel::sms;
  own.public_part.from = "+15550100001";
  own.base_url = "https://gateway.example.com/";
  const std::vector<std::pair<outbound::sending_account, send_effect>> all{
      {resend_account(), email_effect()}, {twilio_account(), sms_effect()}, {smtp_account("smtp://mail.example.com:587"), email_effect()},
      {own, sms_effect()}};
  for (const auto& [account, effect] : all) {
    const auto* how = outbound::find_sender(account.public_part.provider);
    CAF_REQUIRE(how != nullptr);
    const auto c = how->build(account, effect);
    auto text = c.url + c.body;
    for (const auto& [name, value] : c.headers) text += "\n" + name + ": " + value;
    for (const auto* word : {"scheduled_at", "send_at", "SendAt", "ScheduleType", "deliver_at", "send_time", "optimi", "audience", "segment", "broadcast"})
      if (text.find(word) != std::string::npos) CAF_ERROR(account.public_part.provider << " is asked for " << word);
  }
}

CAF_TEST(SF-50 what chooses the minute and what learns know no provider) {
  std::size_t read = 0;
  for (const auto& each : std::filesystem::directory_iterator(std::string(HEED_SOURCE_DIR) + "/actors/lead/timing")) {
    if (each.path().extension() != ".cpp" && each.path().extension() != ".hpp") continue;
    std::stringstream text;
    text << std::ifstream(each.path()).rdbuf();
    ++read;
    for (const auto* word : {"adapters/", "actors/provider", "\"resend\"", "\"twilio\"", "\"smtp\""})
      if (text.str().find(word) != std::string::npos) CAF_ERROR(each.path() << " knows " << word);
  }
  CAF_CHECK(read > 20);
}
