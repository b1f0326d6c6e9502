#include "persistence/postgres/location.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

namespace heed::postgres {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t writers_max = 64;
/// At least: a sequence under way stays explainable.
constexpr std::size_t weeks_min = 8, weeks_max = 5'200;

/// A half-open connection must die before people wonder, and a dead host must not hold a caller for minutes.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> defaults{{
    {"application_name", "heed"},
    {"connect_timeout", "5"},
    {"keepalives", "1"},
    {"keepalives_idle", "5"},
    {"keepalives_interval", "2"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "8000"},
}};

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(at), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::string_view name_of(std::string_view option) { return option.substr(0, option.find('=')); }

/// The number after the `=` of an option.
bool parse_number(std::string_view option, std::size_t least, std::size_t most, std::size_t& out) {
  const auto text = option.substr(std::min(option.find('='), option.size() - 1) + 1);
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && failed == std::errc{} && end == text.data() + text.size() && out >= least && out <= most;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const bool escape =
        text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3;
    out += escape ? static_cast<char>(byte) : text[i];
    if (escape) i += 2;
  }
  return out;
}

void replace_all(std::string& text, std::string_view secret) {
  constexpr auto mask = "***"sv;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + mask.size()))
    text.replace(at, secret.size(), mask);
}

}  // namespace

result<location> parse_location(const std::string& url) {
  location where;
  const auto question = std::min(url.find('?'), url.size());
  const auto options = split(std::string_view(url).substr(std::min(question + 1, url.size())), '&');
  where.conninfo = url.substr(0, question);
  char separator = '?';
  const auto add = [&](std::string_view option) {
    where.conninfo += separator;
    where.conninfo += option;
    separator = '&';
  };
  for (const auto option : options) {
    if (name_of(option) == "password")
      where.password = option.substr(std::min(option.find('=') + 1, option.size()));
    if (name_of(option) == "writers") {
      if (!parse_number(option, 1, writers_max, where.writers))
        return fail(errc::refused, "`writers` of the store's URL must be a number from 1 to 64");
    } else if (name_of(option) == "journal_weeks") {
      if (!parse_number(option, weeks_min, weeks_max, where.journal_weeks))
        return fail(errc::refused, "`journal_weeks` of the store's URL must be a number from 8 to 5200");
    } else {
      add(option);
    }
  }
  for (const auto& [name, value] : defaults)
    if (std::ranges::find(options, name, name_of) == options.end())
      add(std::string(name) + "=" + std::string(value));

  const auto authority = std::string_view(url).substr(url.find("://") + 3);
  const auto user_end = authority.substr(0, authority.find_first_of("/?")).rfind('@');
  const auto colon = authority.find(':');
  if (user_end != std::string_view::npos && colon < user_end)
    where.password = authority.substr(colon + 1, user_end - colon - 1);
  return where;
}

std::string redacted(std::string text, const location& where) {
  if (where.password.empty()) return text;
  replace_all(text, where.password);
  if (const auto clear = unescaped(where.password); !clear.empty()) replace_all(text, clear);
  return text;
}

}  // namespace heed::postgres
