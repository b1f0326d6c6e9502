#include "runtime/commands/classify.hpp"

#include <algorithm>
#include <cstdio>
#include <istream>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "adapters/inbound/normalizer.hpp"

namespace heed::commands {

namespace {

using nlohmann::json;

/// Longest line read; a longer one is refused, not cut: half a mail may mean the opposite.
constexpr std::size_t line_max = 4 * 1024 * 1024;

struct fault {
  std::string field;
  std::string error;
};

/// A line's values, owning what a `reply_input` borrows.
struct reply_line {
  json id;
  std::string subject;
  std::string text;
  reply::reply_input input;
};

/// A string member; missing or null is empty. False for any other type.
bool read_text(const json& line, const char* name, std::string& out) {
  const auto it = line.find(name);
  if (it == line.end() || it->is_null()) return true;
  if (!it->is_string()) return false;
  out = it->get<std::string>();
  return true;
}

bool add_header(const json& name, const json& value, reply::reply_input& to) {
  if (!name.is_string()) return false;
  if (value.is_array()) {
    for (const auto& v : value)
      if (!add_header(name, v, to)) return false;
    return true;
  }
  if (!value.is_string() && !value.is_number() && !value.is_boolean()) return false;
  to.headers.emplace_back(name.get<std::string>(),
                          value.is_string() ? value.get<std::string>() : value.dump());
  return true;
}

bool read_headers(const json& line, reply::reply_input& to) {
  const auto it = line.find("headers");
  if (it == line.end() || it->is_null()) return true;
  if (it->is_object()) {
    for (const auto& [name, value] : it->items())
      if (!add_header(name, value, to)) return false;
    return true;
  }
  if (!it->is_array()) return false;
  for (const auto& header : *it) {
    if (header.is_array() && header.size() == 2) {
      if (!add_header(header[0], header[1], to)) return false;
    } else if (header.is_object() && header.contains("name") && header.contains("value")) {
      if (!add_header(header["name"], header["value"], to)) return false;
    } else {
      return false;
    }
  }
  return true;
}

std::optional<fault> read_line(const json& line, const classify_options& options, reply_line& out) {
  if (!line.is_object()) return fault{"", "must be a JSON object"};
  if (const auto id = line.find("id"); id != line.end()) out.id = *id;
  if (!line.contains("text")) return fault{"text", "is missing"};
  if (!read_text(line, "text", out.text)) return fault{"text", "must be a string"};
  if (!read_text(line, "subject", out.subject)) return fault{"subject", "must be a string"};
  std::string channel, received_at, zone;
  if (!read_text(line, "channel", channel)) return fault{"channel", "must be a string"};
  if (!channel.empty()) {
    const auto known = parse_channel(channel);
    if (!known) return fault{"channel", "must be one of email, sms, whatsapp, linkedin, ai_voice"};
    out.input.channel = *known;
  }
  if (!read_text(line, "received_at", received_at)) return fault{"received_at", "must be a string"};
  if (!received_at.empty()) {
    const auto at = parse_iso(received_at);
    if (!at) return fault{"received_at", "must be RFC 3339, like 2026-03-10T09:30:00Z"};
    out.input.received_at = *at;
  }
  if (!read_text(line, "zone", zone)) return fault{"zone", "must be a string"};
  if (!zone.empty() && options.zones != nullptr) {
    const auto it = options.zones->zones.find(zone);
    if (it == options.zones->zones.end()) return fault{"zone", "is not in the zone table"};
    out.input.zone = &it->second;
  }
  if (!read_headers(line, out.input))
    return fault{"headers", "must be an object of strings or a list of [name, value]"};
  if (inbound::looks_like_html(out.text)) out.text = inbound::html_reply_text(out.text);
  out.input.text = out.text;
  out.input.subject = out.subject;
  return std::nullopt;
}

std::string day_text(std::chrono::year_month_day day) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text;
}

json verdict_json(const json& id, const reply::reply_verdict& v) {
  json out = json::object();
  out["id"] = id;
  out["class"] = reply::to_string(v.kind);
  out["confidence"] = static_cast<double>(static_cast<int>(v.confidence * 1'000 + 0.5)) / 1'000;
  out["rule"] = v.rule;
  out["evidence"] = v.evidence_text;
  out["resume_on"] = v.resume_on ? json(day_text(*v.resume_on)) : json(nullptr);
  out["referred_email"] = v.referred_email.empty() ? json(nullptr) : json(v.referred_email);
  out["referred_name"] = v.referred_name.empty() ? json(nullptr) : json(v.referred_name);
  out["urgent_human"] = v.urgent_human;
  return out;
}

/// Lines are read together as far as they are there already: whoever talks line by line is answered line by line.
constexpr std::size_t block_lines = 4'096;
/// Fewer are not worth a thread.
constexpr std::size_t lines_a_thread = 16;

struct judged {
  std::string printed;  ///< empty = a blank line
  bool readable = true;
};

struct numbered_line {
  std::size_t number = 0;
  std::string text;
};

std::string print(const json& document) { return document.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"; }

judged refuse(const numbered_line& l, const fault& f, const json& id) {
  json document{{"line", l.number}, {"field", f.field}, {"error", f.error}};
  if (!id.is_null()) document["id"] = id;
  return {print(document), false};
}

judged judge(const classify_options& options, const numbered_line& l) {
  if (l.text.find_first_not_of(" \t\r") == std::string::npos) return {};
  if (l.text.size() > line_max) return refuse(l, {"", "is longer than 4 MiB"}, nullptr);
  const auto line = json::parse(l.text, nullptr, false);
  if (line.is_discarded()) return refuse(l, {"", "is not JSON"}, nullptr);
  reply_line read;
  if (const auto wrong = read_line(line, options, read)) return refuse(l, *wrong, read.id);
  return {print(verdict_json(read.id, reply::read_reply(read.input, options.vote)))};
}

std::vector<numbered_line> read_block(std::istream& in, std::size_t& number) {
  std::vector<numbered_line> block;
  for (std::string text; block.size() < block_lines && std::getline(in, text);) {
    block.push_back({++number, std::move(text)});
    if (in.rdbuf()->in_avail() <= 0) break;
  }
  return block;
}

std::vector<judged> judge_all(const classify_options& options, const std::vector<numbered_line>& block) {
  std::vector<judged> out(block.size());
  const auto threads = std::clamp<std::size_t>(block.size() / lines_a_thread, 1, std::max(1u, std::thread::hardware_concurrency()));
  const auto part = [&](std::size_t first) {
    for (auto i = first; i < block.size(); i += threads) out[i] = judge(options, block[i]);
  };
  std::vector<std::jthread> others;
  for (std::size_t t = 1; t < threads; ++t) others.emplace_back(part, t);
  part(0);
  others.clear();
  return out;
}

}  // namespace

int run_classify(const classify_options& options, std::istream& in, std::ostream& out) {
  int code = 0;
  std::size_t number = 0;
  for (auto block = read_block(in, number); !block.empty(); block = read_block(in, number)) {
    for (const auto& j : judge_all(options, block)) {
      out << j.printed;
      if (!j.readable) code = 1;
    }
    out.flush();
  }
  return code;
}

}  // namespace heed::commands
