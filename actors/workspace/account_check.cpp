#include "actors/workspace/account_check.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "actors/workspace/own_gateway.hpp"

namespace heed {
namespace {

/// A sender and the channels it speaks on; the sandbox and a gateway of one's own take every channel.
struct known_provider {
  std::string_view name;
  std::array<channel, 2> speaks_on;
};

constexpr std::array providers{known_provider{"resend", {channel::email, channel::email}},
                               known_provider{"smtp", {channel::email, channel::email}},
                               known_provider{"twilio", {channel::sms, channel::whatsapp}}};

bool has_white_space(std::string_view text) { return text.find_first_of(" \t\r\n\f\v") != text.npos; }

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\f\v") == text.npos; }

/// `sam@example.com`, alone or as `Sam <sam@example.com>`.
bool is_mailbox(std::string_view text) {
  if (text.find_first_of("\r\n") != text.npos) return false;
  if (const auto open = text.rfind('<'); open != text.npos) {
    if (!text.ends_with('>')) return false;
    text = text.substr(open + 1, text.size() - open - 2);
  }
  const auto at = text.find('@');
  return at != text.npos && at > 0 && at + 1 < text.size() && text.find('@', at + 1) == text.npos &&
         !has_white_space(text) && text.find_first_of(",;<>") == text.npos;
}

bool is_number(std::string_view text) {
  return text.starts_with('+') && text.size() >= 8 && text.size() <= 16 && text[1] != '0' &&
         text.find_first_not_of("0123456789", 1) == text.npos;
}

bool has_text(const nlohmann::json& options, const char* name) {
  if (!options.is_object()) return false;
  const auto found = options.find(name);
  return found != options.end() && found->is_string() && !is_blank(found->get_ref<const std::string&>());
}

bool is_true(const nlohmann::json& options, const char* name) {
  if (!options.is_object()) return false;
  const auto found = options.find(name);
  return found != options.end() && found->is_boolean() && found->get<bool>();
}

void tell_once(problem p, problems& out) {
  if (std::ranges::find(out, p) == out.end()) out.push_back(std::move(p));
}

void check_provider(const account& a, const std::string& where, problems& out) {
  if (!is_real(a) || a.provider.empty() || a.provider == own_gateway) return;
  const auto known = std::ranges::find(providers, a.provider, &known_provider::name);
  if (known == providers.end()) {
    static const std::vector<std::string> names{"resend", "twilio", "smtp", "http", "openai", "slack", "sandbox"};
    out.push_back({pointer_to(where, "provider"),
                   "must be resend, twilio, smtp, http, openai, slack or sandbox" + did_you_mean(a.provider, names)});
  } else if (std::ranges::find(known->speaks_on, a.on) == known->speaks_on.end()) {
    const bool mail = known->speaks_on[0] == channel::email;
    out.push_back({pointer_to(where, "channel"), a.provider + " sends " +
                                                     (mail ? "email" : "sms and whatsapp") + ", not " +
                                                     std::string(to_string(a.on))});
  }
}

void check_from(const account& a, const nlohmann::json& options, const std::string& where, problems& out) {
  const auto place = pointer_to(where, "from");
  const bool pool = a.on != channel::email && has_text(options, "messaging_service_sid");
  if (pool && a.from.empty()) return;
  if (is_blank(a.from)) {
    out.push_back({place, "is missing: the address or number that is shown"});
  } else if (a.on == channel::email) {
    if (!is_mailbox(a.from)) out.push_back({place, "must be an email address"});
  } else if (!pool && (a.on == channel::sms || a.on == channel::whatsapp)) {
    std::string_view number = a.from;
    if (a.on == channel::whatsapp && number.starts_with("whatsapp:")) number.remove_prefix(9);
    if (!is_number(number)) out.push_back({place, "must be a number like +4915112345678"});
  }
}

/// An email that reaches people says who wrote it, where they are found, and how it is ended.
void check_identity(const settings& s, const std::string& public_url, const std::string& workspace_where,
                    problems& out) {
  if (public_url.empty())
    tell_once({"/public_url",
               "is missing: email of a real account carries an unsubscribe link; set the address under "
               "which people reach this installation, like https://heed.example.com"},
              out);
  if (is_blank(s.sender_name))
    tell_once({pointer_to(workspace_where, "sender_name"),
               "is missing: email of a real account names its sender; set it to the person's or the "
               "company's name"},
              out);
  if (is_blank(s.postal_address))
    tell_once({pointer_to(workspace_where, "postal_address"),
               "is missing: email of a real account shows a postal address; set it to the sender's"},
              out);
}

bool is_this_machine(std::string_view url) {
  const auto mark = url.find("://");
  const auto host = mark == url.npos ? url : url.substr(mark + 3);
  return host.starts_with("127.0.0.1") || host.starts_with("localhost");
}

/// Only a stand-in on this machine can follow a link to this machine.
void check_reach(const std::string& base_url, const std::string& public_url, problems& out) {
  if (public_url.empty() || !is_this_machine(public_url) || is_this_machine(base_url)) return;
  tell_once({"/public_url",
             "must be an https address that other people reach: their mail programs cannot follow an "
             "unsubscribe link to this machine's own"},
            out);
}

void check_registration(const account& a, const nlohmann::json& options, const std::string& where,
                        problems& out) {
  if (a.provider != "twilio" || a.on != channel::sms) return;
  if (has_text(options, "messaging_service_sid") || is_true(options, "unregistered_ok")) return;
  out.push_back({pointer_to(pointer_to(where, "options"), "messaging_service_sid"),
                 "is missing: carriers block numbers without a registered messaging service; set it, or "
                 "unregistered_ok: true where no registration is needed"});
}

bool is_url(std::string_view text) {
  const auto mark = text.find("://");
  return mark != text.npos && mark > 0 && mark + 3 < text.size() && text[mark + 3] != '/' &&
         !has_white_space(text);
}

}  // namespace

void check_account(const account& a, const std::string& base_url, const nlohmann::json& options,
                   const settings& s, const std::string& public_url, const std::string& where,
                   const std::string& workspace_where, problems& out) {
  if (!base_url.empty() && !is_url(base_url))
    out.push_back({pointer_to(where, "base_url"), "must be a URL like https://api.example.com"});
  check_provider(a, where, out);
  if (a.provider == "openai" && a.enabled && !has_text(options, "model"))
    out.push_back({pointer_to(pointer_to(where, "options"), "model"), "is missing: the name of the model that is asked"});
  if (!is_real(a)) return;
  check_from(a, options, where, out);
  // An account that is off reaches nobody and may wait for the rest.
  if (!a.enabled) return;
  if (a.on == channel::email) {
    check_identity(s, public_url, workspace_where, out);
    check_reach(base_url, public_url, out);
  }
  check_registration(a, options, where, out);
  if (a.provider == own_gateway) check_own_gateway(a, base_url, options, where, out);
}

}  // namespace heed
