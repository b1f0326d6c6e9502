#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/channel.hpp"
#include "actors/lead/draft/rules.hpp"
#include "actors/lead/ids.hpp"
#include "actors/lead/stimulus.hpp"
#include "actors/lead/time.hpp"

namespace heed {

/// When a step is due (RULES, Runs): elapsed units count time, `days` keep the local time of day,
/// `business_days` also skip days without opening hours.
struct delay_rule {
  enum class base : std::uint8_t { previous = 0, start = 1 };
  enum class unit : std::uint8_t { elapsed = 0, days = 1, business_days = 2 };
  base from = base::previous;
  unit in = unit::elapsed;
  std::int64_t amount = 0;  ///< microseconds, or days
  bool operator==(const delay_rule&) const = default;
};
/// `0s, 90s, 5m, 3h, 2d, 3bd`.
[[nodiscard]] std::optional<delay_rule> parse_delay(std::string_view text);
[[nodiscard]] std::string to_string(const delay_rule& d);

/// A step's own condition, as a tree (DESIGN 10): all, any, not, signal + within, field + test, score_at_least.
struct guard_rule {
  enum class op : std::uint8_t { all = 0, any = 1, negate = 2, signal = 3, field_exists = 4, field_equals = 5, field_in = 6, score_at_least = 7 };
  op what = op::all;
  std::vector<guard_rule> parts;
  std::string name;                 ///< signal kind or field name
  std::vector<std::string> values;
  std::optional<duration> within;
  std::int64_t number = 0;
  bool operator==(const guard_rule&) const = default;
};

struct step {
  step_id id;
  channel on = channel::email;
  template_id uses;
  delay_rule at;
  std::optional<guard_rule> guard;
  bool requires_approval = false;
  bool essential = false;
  bool operator==(const step&) const = default;
};

/// One published form of a campaign's steps; a run is pinned to the one it enrolled with.
struct sequence {
  std::uint32_t version = 1;
  std::vector<step> steps;
  bool operator==(const sequence&) const = default;
};

struct message_template {
  std::string subject;  ///< empty on a later email step = the thread goes on
  std::string body;
  std::string content_sid = {};       ///< WhatsApp: the approved template that is sent instead of the body
  field_map content_variables = {};   ///< its variables by number, filled like a body
  field_map data = {};                ///< named values for a gateway of one's own, filled like a body
  bool operator==(const message_template&) const = default;
};

/// Opening hours in local wall time, minutes of the day; `to` is exclusive.
struct business_hours {
  std::uint8_t days = 0;        ///< bit 0 = Monday
  std::int32_t from_minute = 0;
  std::int32_t to_minute = 24 * 60;
  std::set<std::chrono::year_month_day> holidays;
  bool operator==(const business_hours&) const = default;
};

/// Weights and numbers of intent (RULES, Heat). Ranges are checked on save.
struct intent_profile {
  std::string name = "default";
  std::int32_t threshold = 21;
  std::int32_t reply = 10;
  std::int32_t form = 12;
  std::int32_t click = 3;
  std::int32_t view = 1;
  std::int32_t rapid = 8;
  std::int32_t band_low = 7;         ///< first score of the second band
  std::int32_t band_high = 14;       ///< first score of the third band
  std::int32_t spacing_low_pct = 150;
  std::int32_t spacing_high_pct = 250;
  bool operator==(const intent_profile&) const = default;
};

struct campaign {
  campaign_id id;
  std::string name;
  std::string intent;               ///< investor, end_user, re_engagement or free text
  bool enabled = false;
  bool ended = false;
  std::string landing_page;
  field_map attribution;
  std::string time_zone;            ///< empty = workspace's
  std::optional<business_hours> hours;
  std::vector<sequence> sequences;  ///< oldest first; the last is the one new runs get
  std::map<std::string, message_template> templates;
  std::map<channel, std::vector<account_id>> accounts;
  intent_profile profile;
  bool requires_approval = false;
  std::optional<duration> timing_window;  ///< a step waits that long at most for its lead's best minute; none = it does not
  std::optional<std::uint32_t> peak_share_permille = {};  ///< none = the workspace's
  draft::response_mode response_mode = draft::response_mode::setter_managed;
  draft::confidence auto_send_threshold = draft::default_threshold;
  std::optional<draft::delay_window> auto_send_delay = draft::delay_window();  ///< none = at once
  std::string persona;  ///< who answers, for the model; empty = the workspace's (ZRG-82)
  bool operator==(const campaign&) const = default;

  [[nodiscard]] const sequence& current() const { return sequences.back(); }
  [[nodiscard]] const sequence* find_sequence(std::uint32_t version) const;
};

/// What is wrong with a document, one entry per problem: a JSON pointer, and the fix.
struct problem {
  std::string field;
  std::string detail;
  bool operator==(const problem&) const = default;
};

}  // namespace heed
