#include <algorithm>
#include <array>
#include <cctype>

#include "adapters/outbound/mail.hpp"
#include "adapters/outbound/senders.hpp"
#include "adapters/outbound/wire.hpp"

/// Any mailbox by SMTP submission. The protocol has no key and cannot be asked: what was lost after the final
/// dot stays unknown. The Message-ID is the effect's, so that replies, bounces and a human's search find it.
namespace heed::outbound {

namespace {

/// The enhanced status code (RFC 3463) at the start of the reply's text, else empty.
std::string enhanced_code(std::string_view text) {
  std::size_t dots = 0, n = 0;
  while (n < text.size() && (std::isdigit(static_cast<unsigned char>(text[n])) != 0 || text[n] == '.'))
    dots += text[n++] == '.';
  return dots == 2 && n >= 5 && n <= 9 ? std::string(text.substr(0, n)) : std::string();
}

/// True when the reply speaks of the mailbox itself: only that may suppress an address.
bool names_bad_mailbox(int status, const std::string& enhanced, std::string_view text) {
  static constexpr std::array<std::string_view, 5> codes{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"};
  if (!enhanced.empty()) return std::find(codes.begin(), codes.end(), enhanced) != codes.end();
  if (status != 550 && status != 551 && status != 553) return false;
  static constexpr std::array<std::string_view, 4> words{"user unknown", "unknown user", "no such user",
                                                         "does not exist"};
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return std::any_of(words.begin(), words.end(), [&](auto w) { return lower.find(w) != std::string::npos; });
}

bool is_credentials(int status) { return status == 530 || status == 534 || status == 535 || status == 538; }

class smtp final : public sender {
 public:
  call build(const sending_account& a, const send_effect& e) const override {
    const std::string from = bare_address(a.public_part.from);
    call c;
    // The path is the name we greet with: the From domain, not this machine's.
    c.url = base_or(a, "") + "/" + percent_encoded(domain_of(from));
    c.mail_from = from;
    c.mail_to = bare_address(e.message.to);
    for (const auto& copy : e.message.cc)
      c.mail_copies.push_back(bare_address(copy));
    c.username = secret(a, "username");
    c.password = secret(a, "password");
    c.require_tls = text_option(a, "tls") != "none";
    c.body = mail_bytes(a, e);
    c.timeout = call_timeout(a);
    return c;
  }

  send_report read(const answer& a) const override {
    // Never tried, and never to be: there is nobody to send it to.
    if (a.reached == answer::phase::not_connected && a.error == "no_recipient")
      return report(send_result::refused_final, a.error);
    if (auto r = unanswered_report(a)) return *r;
    if (a.status >= 200 && a.status < 300) return report(send_result::accepted, {});
    const std::string enhanced = enhanced_code(a.body);
    const std::string detail = std::to_string(a.status) + (enhanced.empty() ? "" : " " + enhanced);
    if (is_credentials(a.status) || (a.error == "login" && a.status >= 500)) {
      auto r = report(send_result::refused_account, detail);
      r.stop_account = true;
      return r;
    }
    // Before the envelope nobody has heard of this message: greeting, EHLO, STARTTLS and login are the
    // account's.
    if (a.status == 421 || a.error == "session" || a.error == "login")
      return report(send_result::refused_account, detail);
    if (a.status >= 400 && a.status < 500) return report(send_result::refused_message, detail);
    if (names_bad_mailbox(a.status, enhanced, a.body)) return report(send_result::bad_address, detail);
    return report(a.status >= 500 && a.status < 600 ? send_result::refused_final : send_result::unknown,
                  detail);
  }

  std::optional<std::chrono::hours> idempotency_window(const sending_account&) const override {
    return std::nullopt;
  }
  std::optional<call> build_look_up(const sending_account&, const send_effect&, time_point) const override {
    return std::nullopt;
  }
  look_up_report read_look_up(const answer&, const send_effect&, time_point, const std::set<std::string>&) const override {
    return {look_up_report::what::cannot_tell, {}, "no_look_up"};
  }
  std::string message_id(const sending_account& a, const send_effect& e) const override {
    return mail_message_id(a, e);
  }
};

}  // namespace

const sender& smtp_sender() {
  static const smtp instance;
  return instance;
}

}  // namespace heed::outbound
