#pragma once

#include <string>
#include <string_view>

#include "actors/lead/reply/reply.hpp"

/// Replies for the suites that read them. Received on Tuesday, 10 March 2026, 09:30 UTC.
namespace heed::tests {

inline constexpr std::string_view received = "2026-03-10T09:30:00Z";

inline reply::reply_verdict read_mail(std::string_view text, std::string_view subject = "Re: Quick question",
                                      std::vector<std::pair<std::string, std::string>> headers = {}) {
  reply::reply_input input;
  input.subject = subject;
  input.text = text;
  input.headers = std::move(headers);
  input.received_at = parse_iso(received).value();
  return reply::read_reply(input);
}

inline reply::reply_verdict read_sms(std::string_view text) {
  reply::reply_input input;
  input.channel = channel::sms;
  input.text = text;
  input.received_at = parse_iso(received).value();
  return reply::read_reply(input);
}

inline std::string day_of(const reply::reply_verdict& v) {
  if (!v.resume_on) return "none";
  const auto days = std::chrono::sys_days{*v.resume_on};
  return to_iso(time_point{days}).substr(0, 10);
}

}  // namespace heed::tests
