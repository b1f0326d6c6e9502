#include "tests/support/sending.hpp"

#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>
#include <stdexcept>

namespace heed::test {

namespace {

/// 2026-11-20T10:15:00Z: fifteen minutes after the fixtures' instant.
constexpr time_point not_after{std::chrono::seconds(1'795'168'800 + 900)};

outbound::sending_account base_account(const char* provider, channel on, const std::string& base_url) {
  outbound::sending_account a;
  a.workspace = workspace_id{"acme"};
  a.public_part.id = account_id{std::string(provider) + "-main"};
  a.public_part.on = on;
  a.public_part.provider = provider;
  a.base_url = base_url;
  return a;
}

send_effect base_effect(const std::string& id, channel on, const char* step) {
  send_effect e;
  e.id = effect_id{id};
  e.key = std::string("spring__lead_01HZX/") + step;
  e.campaign = campaign_id{"spring"};
  e.step = step_id{step};
  e.message.on = on;
  e.not_after = not_after;
  return e;
}

}  // namespace

outbound::sending_account resend_account(const std::string& base_url) {
  auto a = base_account("resend", channel::email, base_url);
  a.public_part.from = "Mia at Acme <mia@mail.example.com>";
  a.public_part.reply_to = "mia@reply.example.com";
  a.secrets["api_key"] = "re_example_key";
  return a;
}

outbound::sending_account twilio_account(const std::string& base_url) {
  auto a = base_account("twilio", channel::sms, base_url);
  a.public_part.from = "+15550100001";
  a.secrets["account_sid"] = "AC00000000000000000000000000000001";
  a.secrets["auth_token"] = "example-auth-token-for-tests-only";
  a.options["messaging_service_sid"] = "MG00000000000000000000000000000001";
  a.options["status_callback_url"] = "https://gateway.example.com/hooks/acme/twilio";
  return a;
}

outbound::sending_account smtp_account(const std::string& base_url) {
  auto a = base_account("smtp", channel::email, base_url);
  a.public_part.from = "Mia at Acme <mia@mail.example.com>";
  a.public_part.reply_to = "mia@reply.example.com";
  a.options["tls"] = "none";
  return a;
}

send_effect email_effect(const std::string& id) {
  auto e = base_effect(id, channel::email, "0");
  e.message.to = "ana@example.org";
  e.message.subject = "Quick question about spring hiring";
  e.message.body = "Hi Ana, ...";
  e.message.headers["List-Unsubscribe"] =
      "<https://gateway.example.com/u/tok_example>, "
      "<mailto:unsubscribe@mail.example.com?subject=tok_example>";
  e.message.headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click";
  return e;
}

send_effect sms_effect(const std::string& id) {
  auto e = base_effect(id, channel::sms, "1");
  e.message.to = "+15550123456";
  e.message.body = "Hi Ana, Mia from Acme. Reply STOP to opt out.";
  return e;
}

outbound::answer perform(outbound::transport& t, outbound::call c) {
  std::promise<outbound::answer> ended;
  t.start(
      std::move(c), [] { return true; }, [&](outbound::answer a) { ended.set_value(std::move(a)); });
  return ended.get_future().get();
}

outbound::send_report send_once(outbound::transport& t, const outbound::sending_account& a,
                                const send_effect& e) {
  const auto* s = outbound::find_sender(a.public_part.provider);
  return s->read(perform(t, s->build(a, e)));
}

std::string fixture(const std::string& source_dir, const std::string& name) {
  std::ifstream in(source_dir + "/tests/fixtures/" + name, std::ios::binary);
  if (!in) throw std::runtime_error("no fixture " + name);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

outbound::answer fixture_answer(const std::string& source_dir, const std::string& name, int status) {
  outbound::answer a;
  a.reached = outbound::answer::phase::answered;
  a.status = status;
  a.body = fixture(source_dir, name + ".json");
  if (!std::filesystem::exists(source_dir + "/tests/fixtures/" + name + ".headers")) return a;
  std::istringstream lines(fixture(source_dir, name + ".headers"));
  for (std::string line; std::getline(lines, line);)
    if (const auto colon = line.find(": "); !line.starts_with(':') && colon != std::string::npos)
      a.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  return a;
}

}  // namespace heed::test
