#include "adapters/outbound/wire.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace heed::outbound {

namespace {

bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool equal_nocase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string encoded(std::string_view text, bool form) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + text.size() / 2);
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_alnum(c) || c == '-' || c == '_' || c == '.' || (c == '~' && !form)) {
      out += c;
    } else if (c == ' ' && form) {
      out += '+';
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

/// Set by the senders from the message's own fields, or not a header of a mail at all.
bool is_reserved(std::string_view name) {
  static constexpr std::array<std::string_view, 21> names{"from",
                                                          "to",
                                                          "cc",
                                                          "bcc",
                                                          "sender",
                                                          "subject",
                                                          "date",
                                                          "message-id",
                                                          "reply-to",
                                                          "content-type",
                                                          "mime-version",
                                                          "content-transfer-encoding",
                                                          "in-reply-to",
                                                          "references",
                                                          "x-heed-effect",
                                                          "return-path",
                                                          "received",
                                                          "content_sid",
                                                          "content_variables",
                                                          "data",
                                                          "dkim-signature"};
  return std::any_of(names.begin(), names.end(), [&](std::string_view n) { return equal_nocase(n, name); });
}

bool is_token(std::string_view name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_'; });
}

std::optional<std::chrono::seconds> seconds_in(std::string_view text) {
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size() || n < 0) return std::nullopt;
  return std::chrono::seconds(n);
}

}  // namespace

std::string base64(std::string_view data) {
  std::string out(4 * ((data.size() + 2) / 3) + 1, '\0');
  const int n =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(data.data()), static_cast<int>(data.size()));
  out.resize(static_cast<std::size_t>(n));
  return out;
}

std::string percent_encoded(std::string_view text) { return encoded(text, false); }
std::string form_encoded(std::string_view text) { return encoded(text, true); }

std::string form_body(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    out += form_encoded(name) + "=" + form_encoded(value);
  }
  return out;
}

std::string single_line(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (!is_control(c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (!out.empty() && out.back() == ' ')
    out.pop_back();
  return out;
}

std::string base_or(const sending_account& a, std::string_view own) {
  std::string base = a.base_url.empty() ? std::string(own) : a.base_url;
  while (!base.empty() && base.back() == '/')
    base.pop_back();
  return base;
}

std::string secret(const sending_account& a, const std::string& name) {
  const auto found = a.secrets.find(name);
  return found == a.secrets.end() ? std::string() : found->second;
}

std::string text_option(const sending_account& a, const char* name) { return text_member(a.options, name); }

std::optional<std::int64_t> number_option(const sending_account& a, const char* name) {
  if (!a.options.is_object()) return std::nullopt;
  const auto found = a.options.find(name);
  if (found == a.options.end() || !found->is_number_integer()) return std::nullopt;
  const auto n = found->get<std::int64_t>();
  return n < 0 ? std::nullopt : std::optional(n);
}

std::chrono::milliseconds call_timeout(const sending_account& a) {
  return std::chrono::milliseconds(number_option(a, "timeout_ms").value_or(30'000));
}

field_map safe_headers(const send_effect& e) {
  field_map out;
  for (const auto& [name, value] : e.message.headers)
    if (is_token(name) && !is_reserved(name)) out[name] = single_line(value);
  if (!e.message.in_reply_to.empty()) out["In-Reply-To"] = single_line(e.message.in_reply_to);
  std::string references;
  for (const auto& r : e.message.references)
    references += (references.empty() ? "" : " ") + single_line(r);
  if (!references.empty()) out["References"] = references;
  out["X-Heed-Effect"] = single_line(e.id.value);
  return out;
}

std::string run_of(const send_effect& e) {
  const std::string tail = "/" + e.step.value;
  if (e.step.empty() || e.key.size() <= tail.size() || !e.key.ends_with(tail)) return {};
  return e.key.substr(0, e.key.size() - tail.size());
}

std::string_view header(const answer& a, std::string_view name) {
  for (const auto& [n, value] : a.headers)
    if (equal_nocase(n, name)) return value;
  return {};
}

nlohmann::json json_body(const answer& a) { return nlohmann::json::parse(a.body, nullptr, false); }

std::string text_member(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::chrono::seconds> retry_after(const answer& a) {
  if (const auto s = seconds_in(header(a, "retry-after"))) return s;
  return seconds_in(header(a, "ratelimit-reset"));
}

std::string code_word(const std::string& name, int status) {
  const bool plain = !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  return plain ? name : "http_" + std::to_string(status);
}

send_report report(send_result r, std::string detail) {
  send_report out;
  out.result = r;
  out.detail = std::move(detail);
  return out;
}

std::optional<send_report> unanswered_report(const answer& a) {
  if (a.reached == answer::phase::sent_no_answer) return report(send_result::unknown, a.error);
  if (a.reached == answer::phase::answered) return std::nullopt;
  // Not tried at all by our own choice: no fault of the account, hence no reason to open its circuit.
  if (a.error == "start_by" || a.error == "shutdown") return report(send_result::refused_message, a.error);
  return report(send_result::refused_account, a.error);
}

std::optional<send_report> common_report(const answer& a, const std::string& code) {
  if (auto r = unanswered_report(a)) return r;
  if (a.status >= 200 && a.status < 300) return std::nullopt;
  if (a.status < 400 || a.status == 408 || a.status >= 500) {
    auto r = report(send_result::unknown, code);
    r.retry_after = retry_after(a);
    return r;
  }
  if (a.status == 429) {
    auto r = report(send_result::refused_account, code);
    r.retry_after = retry_after(a);
    return r;
  }
  if (a.status == 401 || a.status == 403 || a.status == 404 || a.status == 405) {
    auto r = report(send_result::refused_account, code);
    r.stop_account = true;
    return r;
  }
  return std::nullopt;
}

}  // namespace heed::outbound
