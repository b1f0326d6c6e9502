#include "persistence/copy.hpp"

#include <algorithm>

#include "persistence/copying/port.hpp"
#include "persistence/postgres/copy_ends.hpp"
#include "persistence/postgres/errors.hpp"
#include "persistence/sqlite/copy_ends.hpp"
#include "persistence/store.hpp"

namespace heed {
namespace {

using namespace copying;

/// Which numbers a column holds, by the table they belong to; none = no number that moves. Rows of `effect` and
/// `effect_done` move between the two and share theirs. What names nobody is 0 and stays it.
std::string_view owner_of(std::string_view table, std::string_view column) {
  if (column == "n") return table == "effect_done" ? std::string_view("effect") : table;
  if (column == "inbox" || column == "consumed") return "inbox";
  if (column == "lead" && table != "sandbox") return "lead";
  return {};
}

/// Moves the numbers of the rows that pass, and remembers the highest.
class renumbering {
 public:
  explicit renumbering(target& to) : to_(to) {
    // Where both draw from one sequence the leads that come first must not count against the inbox.
    known("lead");
    known("inbox");
  }

  void begin(std::string_view table, const columns& names) {
    moved_.clear();
    for (const auto& name : names) {
      const auto owner = owner_of(table, name);
      moved_.push_back(owner.empty() ? nullptr : &known(owner));
    }
  }
  row apply(row values) {
    cells_.assign(values.begin(), values.end());
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (moved_[i] == nullptr) continue;
      auto& c = cells_[i];
      if (c.is == cell::what::integer && c.integer != 0) c.integer = move(*moved_[i], c.integer);
      if (c.is != cell::what::integers) continue;
      list_.clear();
      for (const auto each : c.integers)
        list_.push_back(move(*moved_[i], each));
      c.integers = list_;
    }
    return cells_;
  }
  [[nodiscard]] std::map<std::string_view, std::int64_t> highest() const {
    std::map<std::string_view, std::int64_t> out;
    for (const auto& [owner, n] : numbers_)
      if (n.highest > 0) out[owner] = n.highest;
    return out;
  }

  struct numbers {
    std::int64_t shift = 0, lowest = 0, highest = 0;
  };
  [[nodiscard]] const numbers& of(std::string_view owner) { return known(owner); }

 private:
  numbers& known(std::string_view owner) {
    const auto [at, fresh] = numbers_.try_emplace(owner);
    if (fresh) at->second.shift = to_.last_number(owner);
    return at->second;
  }
  static std::int64_t move(numbers& n, std::int64_t x) {
    x += n.shift;
    n.highest = std::max(n.highest, x);
    n.lowest = n.lowest == 0 ? x : std::min(n.lowest, x);
    return x;
  }

  target& to_;
  std::map<std::string_view, numbers> numbers_;
  std::vector<numbers*> moved_;
  std::vector<cell> cells_;
  std::vector<std::int64_t> list_;
};

struct copy_refused {
  store_error why;
};

[[noreturn]] void refuse(errc code, std::string why) { throw copy_refused{{code, std::move(why)}}; }

std::string list_of(const std::vector<workspace_id>& all) {
  std::string out;
  for (const auto& ws : all)
    out += (out.empty() ? "" : ", ") + ws.value;
  return out;
}

class copying_run {
 public:
  copying_run(const copy_options& o, source& from, target& to) : o_(o), from_(from), to_(to), numbers_(to) {}
  copy_report run();

 private:
  void choose_workspaces();
  void copy_table(std::string_view table);
  void copy_meta();

  const copy_options& o_;
  source& from_;
  target& to_;
  renumbering numbers_;
  copy_report report_;
};

void copying_run::choose_workspaces() {
  const auto there = from_.workspaces();
  report_.workspaces = o_.workspace ? std::vector{*o_.workspace} : there;
  if (o_.workspace && std::ranges::find(there, *o_.workspace) == there.end())
    refuse(errc::not_found, "the source has no workspace " + o_.workspace->value + "; it has: " + list_of(there));
  const auto held = to_.workspaces();
  for (const auto& ws : report_.workspaces)
    if (std::ranges::find(held, ws) != held.end())
      refuse(errc::conflict, "the target holds a workspace " + ws.value + " already: copy into another store");
  report_.target_was_empty = held.empty() && to_.meta().empty();
  if (!report_.target_was_empty && !o_.merge) refuse(errc::conflict, "the target is not empty");
}

void copying_run::copy_table(std::string_view table) {
  std::uint64_t came = 0, taken = 0;
  const auto copy_rows = [&](const std::optional<workspace_id>& of) {
    from_.read(
        table, of,
        [&](const columns& names) {
          numbers_.begin(table, names);
          to_.begin(table, names);
        },
        [&](row values) {
          to_.put(numbers_.apply(values));
          ++came;
        });
    taken += to_.end();
  };
  // A target that lives has what belongs to no workspace.
  if (report_.target_was_empty && !o_.workspace) {
    copy_rows(std::nullopt);
  } else {
    for (const auto& ws : report_.workspaces)
      copy_rows(ws);
  }
  if (taken != came)
    refuse(errc::fatal, std::to_string(came) + " rows of " + std::string(table) + " were sent and " + std::to_string(taken) +
                            " are there: nothing was copied");
  report_.tables.push_back({std::string(table), came});
}

void copying_run::copy_meta() {
  const auto known = from_.meta();
  auto put = known;
  if (!report_.target_was_empty) {
    auto merged = o_.merge(known, to_.meta(), report_.workspaces);
    if (!merged) refuse(merged.error().code, merged.error().detail);
    put = std::move(*merged);
  }
  for (const auto& [name, value] : put)
    to_.put_meta(name, value);
}

copy_report copying_run::run() {
  report_.source_in_use = from_.in_use();
  choose_workspaces();
  if (const auto when = from_.decisions()) to_.expect(*when);
  for (const auto table : tables)
    copy_table(table);
  copy_meta();
  to_.raise_epoch(from_.epoch());
  to_.go_on_after(numbers_.highest());
  const auto& leads = numbers_.of("lead");
  report_.first_lead = leads.lowest;
  report_.last_lead = leads.highest;
  to_.commit();
  return std::move(report_);
}

bool is_postgres(const std::string& url) { return url.starts_with("postgres"); }

template <class Open>
auto at(const std::string& url, Open&& open) {
  const auto parsed = [&](auto where) {
    if (!where) refuse(where.error().code, where.error().detail);
    return open(*where);
  };
  return is_postgres(url) ? parsed(postgres::parse_location(url)) : parsed(sqlite::parse_location(url));
}

/// The same, with the end of the copy it happened at.
template <class F>
auto named(const char* end, F&& f) -> result<decltype(f())> {
  const auto say = [&](errc code, const std::string& what) {
    return fail(code, (*end ? std::string(end) + ": " : std::string()) + what);
  };
  try {
    return f();
  } catch (const copy_refused& e) {
    return say(e.why.code, e.why.detail);
  } catch (const sqlite::database_error& e) {
    return say(e.code, e.what());
  } catch (...) {
    const auto e = postgres::error_in_flight(postgres::reach::before_commit, false);
    return say(e.code, e.detail);
  }
}

}  // namespace

std::uint64_t copy_report::rows_of(std::string_view name) const {
  const auto found = std::ranges::find(tables, name, &table::name);
  return found == tables.end() ? 0 : found->rows;
}

result<copy_report> copy_between(const copy_options& o) {
  if (o.from == o.to) return fail(errc::refused, "source and target are the same store");
  auto from = named("source", [&] {
    return at(o.from, [](const auto& where) { return open_copy_source(where); });
  });
  if (!from) return tl::unexpected(from.error());
  auto to = named("target", [&] {
    return at(o.to, [](const auto& where) { return open_copy_target(where); });
  });
  if (!to) return tl::unexpected(to.error());
  return named("", [&] { return copying_run(o, **from, **to).run(); });
}

result<std::string> copy_store(const std::string& url, const std::filesystem::path& file) {
  if (!is_postgres(url)) {
    const auto where = sqlite::parse_location(url);
    if (!where) return tl::unexpected(where.error());
    return named("", [&] { return sqlite::copy_file(*where, file); });
  }
  const auto copy = "sqlite:" + file.string() + "?synchronous=normal";
  if (const auto made = migrate_store(copy); !made) return tl::unexpected(made.error());
  if (const auto copied = copy_between({url, copy, std::nullopt, {}}); !copied) return tl::unexpected(copied.error());
  return copy;
}

}  // namespace heed
