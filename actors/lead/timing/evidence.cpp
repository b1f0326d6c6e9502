#include "actors/lead/timing/evidence.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "actors/lead/check.hpp"

namespace heed::timing {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t header_bytes = 7;

/// The one kind that gets the short code is the commonest: a third of the kinds' bits in the usual case.
constexpr std::uint32_t rice_max = 24;

class bit_writer {
 public:
  explicit bit_writer(std::string& out) : out_(out) {}
  void put(std::uint32_t value, std::uint32_t width) {
    pending_ |= std::uint64_t{value} << used_;
    used_ += width;
    for (; used_ >= 8; used_ -= 8, pending_ >>= 8)
      out_.push_back(static_cast<char>(pending_ & 0xff));
  }
  void unary(std::uint32_t count) {
    for (; count >= 16; count -= 16)
      put(0, 16);
    put(1u << count, count + 1);
  }
  void flush() {
    if (used_ > 0) put(0, 8 - used_);
  }

 private:
  std::string& out_;
  std::uint64_t pending_ = 0;
  std::uint32_t used_ = 0;
};

/// Zeros follow the data's end; `over` tells that they were read.
class bit_reader {
 public:
  explicit bit_reader(std::string_view in) : in_(in) {}
  [[nodiscard]] std::uint32_t take(std::uint32_t width) {
    fill();
    const auto value = static_cast<std::uint32_t>(bits_ & ((std::uint64_t{1} << width) - 1));
    drop(width);
    return value;
  }
  [[nodiscard]] std::uint32_t unary() {
    std::uint32_t count = 0;
    while (!over()) {
      fill();
      if (bits_ != 0) {
        const auto zeros = static_cast<std::uint32_t>(std::countr_zero(bits_));
        drop(zeros + 1);
        return count + zeros;
      }
      count += left_;
      drop(left_);
    }
    return count;
  }
  [[nodiscard]] bool over() const { return over_; }

 private:
  void fill() {
    while (left_ <= 48 && next_ < in_.size()) {
      bits_ |= std::uint64_t{static_cast<std::uint8_t>(in_[next_++])} << left_;
      left_ += 8;
    }
    if (left_ == 0) over_ = true;
  }
  void drop(std::uint32_t width) {
    if (width > left_) over_ = true;
    bits_ = width >= 64 ? 0 : bits_ >> width;
    left_ -= std::min(width, left_);
  }

  std::string_view in_;
  std::size_t next_ = 0;
  std::uint64_t bits_ = 0;
  std::uint32_t left_ = 0;
  bool over_ = false;
};

/// What the set of engagements leaves: sorted, within the horizon, the newest ones. Dropping is final:
/// whatever falls out of a part of the set falls out of the whole, hence the order of arrival cannot matter.
void keep_newest(std::vector<engagement>& events) {
  std::ranges::sort(events);
  if (events.empty()) return;
  const std::int64_t oldest = std::int64_t{events.back().at} - evidence::horizon_minutes;
  auto from =
      std::ranges::lower_bound(events, oldest, {}, [](const engagement& e) { return std::int64_t{e.at}; });
  if (events.end() - from > static_cast<std::ptrdiff_t>(evidence::events_max))
    from = events.end() - static_cast<std::ptrdiff_t>(evidence::events_max);
  events.erase(events.begin(), from);
}

engagement_kind commonest(std::span<const engagement> events) {
  std::array<std::size_t, engagement_kinds> counts{};
  for (const auto& e : events)
    ++counts[static_cast<std::size_t>(e.kind)];
  return static_cast<engagement_kind>(std::ranges::max_element(counts) - counts.begin());
}

/// The two other kinds in their order, as 0 and 1.
std::uint32_t other_rank(engagement_kind kind, engagement_kind common) {
  const auto k = static_cast<std::uint32_t>(kind);
  return k > static_cast<std::uint32_t>(common) ? k - 1 : k;
}
engagement_kind other_kind(std::uint32_t rank, engagement_kind common) {
  return static_cast<engagement_kind>(rank >= static_cast<std::uint32_t>(common) ? rank + 1 : rank);
}

std::string encode(std::span<const engagement> events) {
  if (events.empty()) return {};
  const auto span = static_cast<std::uint32_t>(events.back().at - events.front().at);
  const auto mean_gap = span / static_cast<std::uint32_t>(events.size());
  const std::uint32_t rice = mean_gap == 0 ? 0 : static_cast<std::uint32_t>(std::bit_width(mean_gap)) - 1;
  const engagement_kind common = commonest(events);
  const auto newest = static_cast<std::uint32_t>(events.back().at);

  std::string out;
  out.reserve(evidence::bytes_max);
  out.push_back(static_cast<char>(version));
  out.push_back(static_cast<char>(events.size()));
  for (int i = 0; i < 4; ++i)
    out.push_back(static_cast<char>(newest >> (8 * i) & 0xff));
  out.push_back(static_cast<char>(rice << 2 | static_cast<std::uint32_t>(common)));
  bit_writer bits(out);
  local_minute later = events.back().at;
  for (auto e = events.rbegin(); e != events.rend(); ++e) {
    const auto gap = static_cast<std::uint32_t>(later - e->at);
    bits.unary(gap >> rice);
    bits.put(gap & ((1u << rice) - 1), rice);
    if (e->kind == common)
      bits.put(0, 1);
    else
      bits.put(1 | other_rank(e->kind, common) << 1, 2);
    later = e->at;
  }
  bits.flush();
  out.shrink_to_fit();
  return out;
}

/// Oldest first; none when the bytes are cut or of another version.
std::optional<std::vector<engagement>> parse(std::string_view bytes) {
  std::vector<engagement> events;
  if (bytes.empty()) return events;
  if (bytes.size() < header_bytes || static_cast<std::uint8_t>(bytes[0]) != version) return std::nullopt;
  const std::size_t count = static_cast<std::uint8_t>(bytes[1]);
  std::uint32_t newest = 0;
  for (std::size_t i = 0; i < 4; ++i)
    newest |= std::uint32_t{static_cast<std::uint8_t>(bytes[2 + i])} << (8 * i);
  const std::uint32_t rice = static_cast<std::uint8_t>(bytes[6]) >> 2;
  const std::uint32_t common = static_cast<std::uint8_t>(bytes[6]) & 3;
  if (rice > rice_max || common >= engagement_kinds || count == 0 || count > evidence::events_max)
    return std::nullopt;
  if (newest > static_cast<std::uint32_t>(std::numeric_limits<local_minute>::max())) return std::nullopt;

  events.resize(count);
  bit_reader bits(bytes.substr(header_bytes));
  std::int64_t at = newest;
  std::int64_t spent = 0;
  for (std::size_t i = count; i-- > 0;) {
    const std::int64_t gap = (std::int64_t{bits.unary()} << rice) + bits.take(rice);
    spent += gap;
    if (bits.over() || spent > evidence::horizon_minutes) return std::nullopt;
    at -= gap;
    const auto kind = static_cast<engagement_kind>(common);
    events[i] = {static_cast<local_minute>(at), bits.take(1) == 0 ? kind : other_kind(bits.take(1), kind)};
  }
  if (bits.over()) return std::nullopt;
  return events;
}

}  // namespace

evidence evidence::of(std::span<const engagement> events) {
  evidence made;
  made.add(events);
  return made;
}

std::optional<evidence> evidence::decode(std::string_view bytes) {
  const auto events = parse(bytes);
  if (!events) return std::nullopt;
  evidence made;
  made.bytes_ = encode(*events);
  // One set has one encoding.
  if (made.bytes_ != bytes) return std::nullopt;
  return made;
}

void evidence::add(std::span<const engagement> more) {
  auto kept = events();
  kept.insert(kept.end(), more.begin(), more.end());
  keep_newest(kept);
  bytes_ = encode(kept);
  CHECK(bytes_.size() <= bytes_max);
}

std::size_t evidence::size() const { return bytes_.empty() ? 0 : static_cast<std::uint8_t>(bytes_[1]); }

std::vector<engagement> evidence::events() const {
  auto found = parse(bytes_);
  CHECK(found.has_value());
  return std::move(*found);
}

features features_of(std::span<const engagement> events) {
  features f;
  f.count = static_cast<std::uint32_t>(events.size());
  if (events.empty()) return f;
  for (const auto& e : events)
    f.by_hour[static_cast<std::size_t>(slot_of(e.at) / 60)] += kind_weight[static_cast<std::size_t>(e.kind)];
  const auto [oldest, newest] = std::ranges::minmax(events, {}, &engagement::at);
  f.newest = newest.at;
  const local_minute span = std::max(newest.at - oldest.at, slots_per_week);
  f.frequency_per_week =
      static_cast<float>(f.count) * static_cast<float>(slots_per_week) / static_cast<float>(span);
  return f;
}

}  // namespace heed::timing
