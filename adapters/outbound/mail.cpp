#include "adapters/outbound/mail.hpp"

#include <algorithm>
#include <cctype>

#include "adapters/outbound/instants.hpp"
#include "adapters/outbound/wire.hpp"

namespace heed::outbound {

namespace {

constexpr std::size_t line_max = 76;
/// An effect lives this long by default, so this is about when it was planned. Any instant derived from the
/// effect would do: what matters is that a repeat carries the same one.
constexpr auto effect_life = std::chrono::minutes(15);

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// A display name as RFC 5322 wants it: bare words, a quoted string, or encoded-words.
std::string phrase(std::string_view name) {
  if (!is_ascii(name)) return encoded_text(name);
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == ' ' || c == '-' || c == '_' || c == '\'';
  });
  if (plain) return std::string(name);
  std::string out = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string mailbox(std::string_view text) {
  const std::string clean = single_line(text);
  const auto open = clean.rfind('<');
  if (open == std::string::npos) return bare_address(clean);
  std::string name = clean.substr(0, open);
  while (!name.empty() && name.back() == ' ')
    name.pop_back();
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  return name.empty() ? bare_address(clean) : phrase(name) + " <" + bare_address(clean) + ">";
}

void append_escaped(std::string& line, char c) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  line += '=';
  line += digits[byte >> 4];
  line += digits[byte & 15];
}

/// One line of text without its end, as quoted-printable with soft breaks.
std::string quoted_line(std::string_view text) {
  std::string out, line;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool last = i + 1 == text.size();
    const bool plain = (c >= 0x21 && c < 0x7f && c != '=') || ((c == ' ' || c == '\t') && !last);
    std::string piece;
    if (plain && !(c == '.' && line.empty()))
      piece = c;
    else
      append_escaped(piece, c);
    if (line.size() + piece.size() > line_max - 1) {
      out += line + "=\r\n";
      line.clear();
      if (c == '.') {
        piece.clear();
        append_escaped(piece, c);
      }
    }
    line += piece;
  }
  return out + line;
}

}  // namespace

std::string bare_address(std::string_view text) {
  const auto open = text.rfind('<');
  if (open != std::string_view::npos) text = text.substr(open + 1, text.find('>', open) - open - 1);
  std::string out;
  for (char c : text)
    if (static_cast<unsigned char>(c) > 0x20 && c != 0x7f && c != '<' && c != '>') out += c;
  return out;
}

std::string domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string() : std::string(address.substr(at + 1));
}

std::string encoded_text(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  // 75 characters per word: 12 of frame leave 63, hence 45 bytes of text in base64's 60.
  constexpr std::size_t bytes_max = 45;
  std::string out;
  while (!text.empty()) {
    std::size_t n = std::min(bytes_max, text.size());
    while (n < text.size() && n > 1 && is_continuation(text[n]))
      --n;
    if (!out.empty()) out += ' ';
    out += "=?UTF-8?B?" + base64(text.substr(0, n)) + "?=";
    text.remove_prefix(n);
  }
  return out;
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  while (true) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out += quoted_line(line) + "\r\n";
    if (end == std::string_view::npos || end + 1 == text.size()) return out;
    text.remove_prefix(end + 1);
  }
}

std::string header_line(std::string_view name, std::string_view value) {
  std::string out = std::string(name) + ":";
  std::size_t column = out.size();
  const std::string clean = single_line(value);
  std::string_view rest = clean;
  bool first = true;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(' '), rest.size());
    const auto word = rest.substr(0, end);
    if (!first && !word.empty() && column + 1 + word.size() > line_max) {
      out += "\r\n";
      column = 0;
    }
    out += ' ';
    out += word;
    column += 1 + word.size();
    first = false;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out + "\r\n";
}

std::string mail_message_id(const sending_account& a, const send_effect& e) {
  const std::string domain = domain_of(bare_address(a.public_part.from));
  return "<" + bare_address(e.id.value) + "@" + (domain.empty() ? "localhost" : domain) + ">";
}

std::string mail_bytes(const sending_account& a, const send_effect& e) {
  const time_point date = std::max(e.not_after - effect_life, time_point{});
  std::string out;
  out += header_line("Date", mail_date(date));
  out += header_line("From", mailbox(a.public_part.from));
  out += header_line("To", mailbox(e.message.to));
  std::string copies;
  for (const auto& copy : e.message.cc)
    copies += (copies.empty() ? "" : ", ") + mailbox(copy);
  if (!copies.empty()) out += header_line("Cc", copies);
  if (!a.public_part.reply_to.empty()) out += header_line("Reply-To", mailbox(a.public_part.reply_to));
  out += header_line("Subject", encoded_text(single_line(e.message.subject)));
  out += header_line("Message-ID", mail_message_id(a, e));
  for (const auto& [name, value] : safe_headers(e))
    out += header_line(name, encoded_text(value));
  out +=
      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
      "quoted-printable\r\n\r\n";
  return out + quoted_printable(e.message.body);
}

}  // namespace heed::outbound
