#include "actors/workspace/account_check.hpp"

#include <algorithm>

namespace heed {
namespace {

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0 && text.find('@', at + 1) == std::string_view::npos &&
         text.find('.', at) != std::string_view::npos && !text.ends_with('.') &&
         text.find_first_of(" \t\r\n,;") == std::string_view::npos;
}

/// `mia@example.com`, or with a name before it in angle brackets.
bool is_from_address(std::string_view text) {
  const auto open = text.rfind('<');
  if (open == std::string_view::npos) return is_email(text);
  return text.ends_with('>') && is_email(text.substr(open + 1, text.size() - open - 2));
}

/// E.164: a plus, then 7 to 15 digits of which the first is no zero.
bool is_number(std::string_view text) {
  if (text.starts_with("whatsapp:")) text.remove_prefix(9);
  if (text.size() < 8 || text.size() > 16 || text[0] != '+' || text[1] == '0') return false;
  return std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

std::string host_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  // A user's name and password in a URL would be shown with it.
  if (url.find('@') != std::string_view::npos) return {};
  return std::string(url.starts_with('[') ? url.substr(0, url.find(']') + 1) : url.substr(0, url.find(':')));
}

bool is_url(std::string_view text) {
  const bool known = std::ranges::any_of(
      std::initializer_list<std::string_view>{"http://", "https://", "smtp://", "smtps://"},
      [&](auto scheme) { return text.starts_with(scheme); });
  return known && !host_of(text).empty() && text.find_first_of(" \t\r\n") == std::string_view::npos;
}

/// Where people and mailbox providers can reach us: over TLS, or on this very machine for tries.
bool is_public_url(std::string_view text) {
  if (!is_url(text)) return false;
  if (text.starts_with("https://")) return true;
  const auto host = host_of(text);
  return text.starts_with("http://") && (host == "127.0.0.1" || host == "localhost");
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

std::string text_of(const nlohmann::json& options, const char* name) {
  if (!options.is_object()) return {};
  const auto found = options.find(name);
  return found != options.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

void check_channel(const account& a, const std::string& where, problems& out) {
  if ((a.provider == "resend" || a.provider == "smtp") && a.on != channel::email)
    out.push_back({pointer_to(where, "channel"), a.provider + " sends email only: use email"});
  if (a.provider == "twilio" && a.on != channel::sms && a.on != channel::whatsapp)
    out.push_back(
        {pointer_to(where, "channel"), "twilio sends messages to phones only: use sms or whatsapp"});
}

void check_from(const account& a, bool by_service, const std::string& where, problems& out) {
  const auto from = pointer_to(where, "from");
  if (a.on == channel::email) {
    if (a.from.empty())
      out.push_back({from, "is missing: the address that is shown"});
    else if (!is_from_address(a.from))
      out.push_back({from, "must be an email address"});
    if (!a.reply_to.empty() && !is_from_address(a.reply_to))
      out.push_back({pointer_to(where, "reply_to"), "must be an email address"});
    return;
  }
  if (a.from.empty() && !by_service)
    out.push_back({from, "is missing: the number that is shown, or name options.messaging_service_sid"});
  else if (!a.from.empty() && !is_number(a.from))
    out.push_back({from, "must be a number like +15550100123"});
}

/// An unregistered sender is filtered by carriers: somebody must have said that this is meant (RULES,
/// Accounts).
void check_registration(const account& a, const nlohmann::json& options, bool by_service,
                        const std::string& where, problems& out) {
  if (a.provider != "twilio" || a.on != channel::sms || by_service) return;
  const bool meant = options.is_object() && options.value("unregistered_ok", nlohmann::json()) == true;
  if (!meant)
    out.push_back({pointer_to(pointer_to(where, "options"), "messaging_service_sid"),
                   "is missing: name the messaging service that is registered with the carriers, or set "
                   "options.unregistered_ok to true"});
}

/// Without these nobody could tell who wrote, or make it stop (4R-67, 4R-68).
void check_identity(const settings& s, const std::string& public_url, problems& out) {
  if (!is_public_url(public_url))
    out.push_back({"/public_url",
                   "an email account needs the https:// URL under which people reach this installation: set "
                   "public_url in the configuration"});
  if (is_blank(s.sender_name))
    out.push_back(
        {"/sender_name", "an email account needs the sender's name: set it in the workspace's settings"});
  if (is_blank(s.postal_address))
    out.push_back(
        {"/postal_address", "an email account needs a postal address: set it in the workspace's settings"});
}

}  // namespace

const std::vector<std::string>& account_providers() {
  static const std::vector<std::string> all{"resend", "twilio", "smtp", "sandbox"};
  return all;
}

void check_account(const account& a, const std::string& base_url, const nlohmann::json& options,
                   const settings& s, const std::string& public_url, const std::string& where,
                   problems& out) {
  if (std::ranges::find(account_providers(), a.provider) == account_providers().end())
    return out.push_back({pointer_to(where, "provider"), "must be resend, twilio, smtp or sandbox" +
                                                             did_you_mean(a.provider, account_providers())});
  if (!base_url.empty() && !is_url(base_url))
    out.push_back({pointer_to(where, "base_url"),
                   "must be a URL like https://api.example.com, without user and password"});
  if (!is_real(a)) return;
  const bool by_service = !text_of(options, "messaging_service_sid").empty();
  check_channel(a, where, out);
  check_from(a, by_service, where, out);
  check_registration(a, options, by_service, where, out);
  if (a.on == channel::email) check_identity(s, public_url, out);
}

}  // namespace heed
