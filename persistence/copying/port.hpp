#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "persistence/copy.hpp"

/// The two ends of a copy. A row goes from one store to the other as named values; what one schema has and the other
/// derives is settled at the ends: a source names everything that some target needs, a target takes what it has a column
/// for. Both throw their store's exceptions.
namespace heed::copying {

/// In the order in which they are copied. What a process makes of itself (`node`, leases, weeks) is in none of them.
inline constexpr std::array<std::string_view, 33> tables{
    "workspace",  "policy_revision", "api_key",    "kill_switch",     "account_config",  "audit",    "idempotency",
    "lead",       "lead_key",        "inbox",      "inbox_key",       "inbox_pending",   "dead_letter", "journal",
    "timer",      "effect",          "effect_done", "effect_key",     "effect_attempt",  "send_usage", "suppression",
    "run",        "history",         "audience_action", "message",    "report",          "handoff",  "campaign_result",
    "notification", "alert",         "ignored",    "sandbox",    "draft"};

/// A value on its way. Texts, blobs and lists belong to the source and are good until its next row.
struct cell {
  enum class what : std::uint8_t { null, integer, bytes, integers };
  what is = what::null;
  std::int64_t integer = 0;
  std::string_view bytes{};
  std::span<const std::int64_t> integers{};
};
using row = std::span<const cell>;
using columns = std::vector<std::string>;

/// When the first and the last decision were.
struct span_of_time { std::int64_t from = 0, to = 0; };

/// One snapshot of a store, which may be in use.
class source {
 public:
  virtual ~source() = default;
  [[nodiscard]] virtual bool in_use() = 0;
  [[nodiscard]] virtual std::vector<workspace_id> workspaces() = 0;
  [[nodiscard]] virtual meta_values meta() = 0;
  /// No row names a higher one.
  [[nodiscard]] virtual std::uint64_t epoch() = 0;
  [[nodiscard]] virtual std::optional<span_of_time> decisions() = 0;
  /// All rows of a table, or those of one workspace; `head` is called once before them.
  virtual void read(std::string_view table, const std::optional<workspace_id>& of, const std::function<void(const columns&)>& head,
                    const std::function<void(row)>& each) = 0;
};

/// One transaction on a store that nobody else uses; nothing of it stays unless `commit` is reached.
class target {
 public:
  virtual ~target() = default;
  [[nodiscard]] virtual std::vector<workspace_id> workspaces() = 0;
  [[nodiscard]] virtual meta_values meta() = 0;
  /// Where the numbers of new rows begin: none up to here is free. 0 in a table that never had one.
  [[nodiscard]] virtual std::int64_t last_number(std::string_view table) = 0;
  /// Makes room for decisions of that time.
  virtual void expect(span_of_time decisions) = 0;

  virtual void begin(std::string_view table, const columns& names) = 0;
  virtual void put(row values) = 0;
  /// How many rows the store says it has more than before.
  virtual std::uint64_t end() = 0;

  /// Numbers go on behind these, by the table they belong to.
  virtual void go_on_after(const std::map<std::string_view, std::int64_t>& highest) = 0;
  virtual void put_meta(const std::string& name, const bytes& value) = 0;
  /// The next node's epoch will be higher.
  virtual void raise_epoch(std::uint64_t epoch) = 0;
  virtual void commit() = 0;
};

}  // namespace heed::copying
