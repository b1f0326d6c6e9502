#include "adapters/imap/position.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace heed::imap {

namespace {

constexpr auto day_slack = std::chrono::hours(48);

template <class Number>
bool take_number(std::string_view& text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take_colon(std::string_view& text) {
  if (!text.starts_with(':')) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string to_string(const position& p) {
  return std::to_string(p.validity) + ":" + std::to_string(p.last_uid) + ":" +
         std::to_string(to_micros(p.seen_at));
}

std::optional<position> parse_position(std::string_view text) {
  position p;
  std::int64_t micros = 0;
  const bool whole = take_number(text, p.validity) && take_colon(text) && take_number(text, p.last_uid) &&
                     take_colon(text) && take_number(text, micros) && text.empty();
  if (!whole || p.validity == 0) return std::nullopt;
  p.seen_at = from_micros(micros);
  return p;
}

search plan(const std::optional<position>& known, std::uint32_t validity, std::uint32_t next_uid,
            duration look_back, time_point now) {
  if (known && known->validity == validity) return after_uid{known->last_uid};
  if (known) return since_day{known->seen_at - day_slack};
  if (look_back > duration::zero()) return since_day{now - look_back - day_slack};
  return after_uid{next_uid > 0 ? next_uid - 1 : 0};
}

std::vector<std::uint32_t> choose(std::vector<std::uint32_t> found, const search& asked, std::size_t most) {
  if (const auto* after = std::get_if<after_uid>(&asked))
    std::erase_if(found, [&](auto uid) { return uid <= after->uid; });
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  if (found.size() > most) found.resize(most);
  return found;
}

access_watch::word access_watch::failed(bool login_refused) {
  ++failures_;
  if (told_ || (!login_refused && failures_ < patience)) return word::nothing;
  told_ = true;
  return word::lost;
}

access_watch::word access_watch::succeeded() {
  failures_ = 0;
  return std::exchange(told_, false) ? word::regained : word::nothing;
}

}  // namespace heed::imap
