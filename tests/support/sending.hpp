#pragma once

#include <string>

#include "adapters/outbound/sender.hpp"

/// Accounts and effects as the fixtures have them, and a blocking call, for tests of senders.
namespace heed::test {

[[nodiscard]] outbound::sending_account resend_account(const std::string& base_url = {});
[[nodiscard]] outbound::sending_account twilio_account(const std::string& base_url = {});
[[nodiscard]] outbound::sending_account smtp_account(const std::string& base_url);

/// The effect behind fixtures/resend/send.request.json.
[[nodiscard]] send_effect email_effect(const std::string& id = "lead_01HZX-7-0");
/// The effect behind fixtures/twilio/send-sms.request.txt.
[[nodiscard]] send_effect sms_effect(const std::string& id = "lead_01HZX-8-0");

/// Makes the call and waits for its end.
[[nodiscard]] outbound::answer perform(outbound::transport& t, outbound::call c);
/// Build, call, read.
[[nodiscard]] outbound::send_report send_once(outbound::transport& t, const outbound::sending_account& a,
                                              const send_effect& e);

/// The bytes of tests/fixtures/NAME; throws when there is none.
[[nodiscard]] std::string fixture(const std::string& source_dir, const std::string& name);
/// An answer made of a fixture's body (`.json`) and, when there is one, its `.headers`.
[[nodiscard]] outbound::answer fixture_answer(const std::string& source_dir, const std::string& name,
                                              int status);

}  // namespace heed::test
