#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "persistence/sqlite/copy_ends.hpp"

namespace heed::sqlite {
namespace {

using namespace copying;

constexpr std::string_view journal = "journal";

void require_file(const location& where) {
  if (!std::filesystem::exists(where.path)) throw database_error(errc::not_found, "no store at " + where.path);
}

/// Whether some process holds PATH.lock, by asking for a share of it for an instant.
bool is_held(const std::string& path) {
  const int lock = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (lock < 0) return false;
  const bool held = ::flock(lock, LOCK_SH | LOCK_NB) != 0;
  ::close(lock);
  return held;
}

cell read_cell(const statement::cursor& rows, int column) {
  cell c;
  switch (rows.type(column)) {
    case SQLITE_NULL:
      return c;
    case SQLITE_INTEGER:
      c.is = cell::what::integer;
      c.integer = rows.integer(column);
      return c;
    default:
      c.is = cell::what::bytes;
      c.bytes = rows.view(column);
      return c;
  }
}

/// The inbox rows that each decision consumed, in the order in which the journal is read.
class consumed_rows {
 public:
  explicit consumed_rows(database& db) : all_(db.prepare(std::string(database::text_of("copy_consumed")))), rows_(all_.query()) {
    next();
  }
  cell of(std::int64_t lead, std::int64_t seq) {
    numbers_.clear();
    while (more_ && at_ < std::pair(lead, seq))
      next();
    for (; more_ && at_ == std::pair(lead, seq); next())
      numbers_.push_back(rows_.integer(2));
    cell c;
    if (numbers_.empty()) return c;
    c.is = cell::what::integers;
    c.integers = numbers_;
    return c;
  }

 private:
  void next() {
    more_ = rows_.next();
    if (more_) at_ = {rows_.integer(0), rows_.integer(1)};
  }

  statement all_;
  statement::cursor rows_;
  std::pair<std::int64_t, std::int64_t> at_{};
  bool more_ = false;
  std::vector<std::int64_t> numbers_;
};

class sqlite_source final : public source {
 public:
  explicit sqlite_source(const location& where)
      : lock_((require_file(where), where.path + ".lock")), db_(where.path, access::read, where.synchronous.c_str()) {
    require_current_schema(db_);
    snapshot_ = std::make_unique<transaction>(db_, transaction::kind::deferred);
    // The snapshot is taken with the first read.
    (void)workspaces();
  }

  bool in_use() override { return is_held(lock_); }
  std::vector<workspace_id> workspaces() override {
    std::vector<workspace_id> out;
    auto s = db_.prepare(std::string(database::text_of("copy_workspace")));
    for (auto rows = s.query(); rows.next();)
      out.emplace_back(rows.text(0));
    return out;
  }
  meta_values meta() override {
    meta_values out;
    auto s = db_.prepare("select name, value from meta");
    for (auto rows = s.query(); rows.next();)
      out[rows.text(0)] = rows.text(1);
    return out;
  }
  std::uint64_t epoch() override { return static_cast<std::uint64_t>(db_["epoch_last"].number().value_or(0)); }
  std::optional<span_of_time> decisions() override {
    auto rows = db_["copy_decisions"].query();
    if (!rows.next() || rows.null(0)) return std::nullopt;
    return span_of_time{rows.integer(0), rows.integer(1)};
  }

  void read(std::string_view table, const std::optional<workspace_id>& of, const std::function<void(const columns&)>& head,
            const std::function<void(row)>& each) override {
    auto sql = std::string(database::text_of("copy_" + std::string(table)));
    if (of) sql = "select * from (" + sql + ") where workspace = ?1";
    auto all = db_.prepare(sql);
    auto names = all.columns();
    std::vector<cell> cells(names.size());
    std::optional<consumed_rows> consumed;
    if (table == journal) {
      consumed.emplace(db_);
      names.emplace_back("consumed");
      cells.emplace_back();
    }
    head(names);
    const auto copy_all = [&](statement::cursor rows) {
      const int width = static_cast<int>(names.size()) - (consumed ? 1 : 0);
      while (rows.next()) {
        for (int i = 0; i < width; ++i)
          cells[static_cast<std::size_t>(i)] = read_cell(rows, i);
        if (consumed) cells.back() = consumed->of(cells[0].integer, cells[1].integer);
        each(cells);
      }
    };
    of ? copy_all(all.query(*of)) : copy_all(all.query());
  }

 private:
  std::string lock_;
  database db_;
  std::unique_ptr<transaction> snapshot_;
};

}  // namespace

std::unique_ptr<source> open_copy_source(const location& where) { return std::make_unique<sqlite_source>(where); }

std::string copy_file(const location& where, const std::filesystem::path& file) {
  require_file(where);
  database db(where.path, access::read, where.synchronous.c_str());
  // The connection itself can only read; the copy is another file.
  db.execute("pragma query_only = off");
  std::string quoted;
  for (const char c : file.string())
    quoted += c == '\'' ? std::string("''") : std::string(1, c);
  db.execute(("VACUUM INTO '" + quoted + "'").c_str());
  return "sqlite:" + file.string() + "?synchronous=normal";
}

}  // namespace heed::sqlite
