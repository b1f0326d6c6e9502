#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/lead/time.hpp"

/// How far a folder has been read. UIDs only grow, as long as UIDVALIDITY is the same (RFC 3501).
namespace heed::imap {

struct position {
  std::uint32_t validity = 0;
  std::uint32_t last_uid = 0;  ///< all up to here were handed on
  time_point seen_at{};        ///< of the last round that reached the end
  bool operator==(const position&) const = default;
};
/// For whoever keeps it: `validity:last_uid:microseconds`.
[[nodiscard]] std::string to_string(const position& p);
[[nodiscard]] std::optional<position> parse_position(std::string_view text);

/// What to ask a folder for.
struct after_uid {
  std::uint32_t uid = 0;
};
/// The UIDs mean nothing (a first round, or the folder was made anew): by date, a day before what is needed,
/// for servers compare days of zones of their own. What was read before comes again and is known by its key.
struct since_day {
  time_point day{};
};
using search = std::variant<after_uid, since_day>;

/// @param look_back how much history a first round takes; none = only what comes from now on
[[nodiscard]] search plan(const std::optional<position>& known, std::uint32_t validity,
                          std::uint32_t next_uid, duration look_back, time_point now);

/// The UIDs of this round in order. `n:*` names the last mail even when it is older than n; such ones are
/// left out.
[[nodiscard]] std::vector<std::uint32_t> choose(std::vector<std::uint32_t> found, const search& asked,
                                                std::size_t most);

/// Loss of a mailbox is told once, at once when the login is at fault, else when it lasts; and once when it
/// is over (4R-47).
class access_watch {
 public:
  enum class word : std::uint8_t { nothing, lost, regained };
  [[nodiscard]] word failed(bool login_refused);
  [[nodiscard]] word succeeded();
  static constexpr std::uint32_t patience = 3;  ///< rounds in a row

 private:
  std::uint32_t failures_ = 0;
  bool told_ = false;
};

}  // namespace heed::imap
