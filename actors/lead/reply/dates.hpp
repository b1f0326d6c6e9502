#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "actors/lead/reply/words.hpp"

/// Days that a text names, in the corpus' languages, told from the day it was received.
namespace heed::reply {

enum class day_role : std::uint8_t {
  plain,    ///< "on 3 March", "in two weeks", "Q3"
  from,     ///< "from 3 March": where an absence begins, or when somebody is back
  until,    ///< "until 3 March": that day itself
  through,  ///< "through 3 March", "bis einschliesslich": the day after
  after,    ///< "after the 15th": the day after
  back,     ///< "back on 3 March", "wieder erreichbar ab"
};

struct named_day {
  std::chrono::year_month_day day;
  day_role role = day_role::plain;
  bool whole_period = false;  ///< a month, quarter, season or year: its first day
  std::uint32_t first = 0;    ///< words
  std::uint32_t last = 0;
};

struct day_context {
  std::chrono::sys_days today;  ///< local day of receipt
  bool month_first = false;     ///< 3/4 is the fourth of March
};

/// All days named in words `[first, last)`, in order.
[[nodiscard]] std::vector<named_day> days_in(const worded_text& text, std::uint32_t first, std::uint32_t last,
                                             const day_context& context);

/// When somebody who is away is back: the return named, else the end of the absence; only days to come.
[[nodiscard]] std::optional<named_day> return_day(const std::vector<named_day>& days,
                                                  const day_context& context);

/// When somebody asks to be written to again: the first day to come.
[[nodiscard]] std::optional<named_day> asked_day(const std::vector<named_day>& days,
                                                 const day_context& context);

}  // namespace heed::reply
