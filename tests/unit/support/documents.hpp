#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "actors/campaign/campaign.hpp"

/// What tests of documents ask of a list of problems.
namespace heed::tests {

/// The problem's detail at a place; empty when there is none.
inline std::string detail_at(const std::vector<problem>& list, std::string_view field) {
  for (const auto& p : list)
    if (p.field == field) return p.detail;
  return {};
}

/// `field detail` per line, for messages of failed tests.
inline std::string listing(const std::vector<problem>& list) {
  std::string out;
  for (const auto& p : list)
    out += p.field + " " + p.detail + "\n";
  return out;
}

/// The campaign of DESIGN 10.
inline nlohmann::json spring() {
  return nlohmann::json::parse(R"({
    "name": "Spring launch", "intent": "investor", "enabled": true,
    "attribution": {"landing_page": "https://example.com/spring", "utm_source": "radio"},
    "time_zone": "Europe/Berlin",
    "business_hours": {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:30", "holidays": ["2026-12-25"]},
    "sequence": [
      {"channel": "email", "template": "hello", "delay": "0s"},
      {"channel": "sms", "template": "nudge", "delay": "5m", "guard": {"not": {"signal": "reply_received"}}},
      {"channel": "email", "template": "last", "at": {"from": "start", "delay": "3d"}, "requires_approval": true}],
    "templates": {
      "hello": {"subject": "Hi {firstName}", "body": "Hello {firstName}"},
      "nudge": {"body": "Still there?"},
      "last": {"body": "Last one. {signature}"}},
    "accounts": {"email": ["mail-a", "mail-b"]},
    "profile": {"name": "calm", "threshold": 18, "weights": {"view": 0}, "bands": {"low": 6, "high": 12}}})");
}

}  // namespace heed::tests
