#include "persistence/postgres/copy_ends.hpp"
#include "persistence/postgres/embedded.hpp"
#include "persistence/postgres/line.hpp"
#include "persistence/postgres/postgres_store.hpp"

namespace heed::postgres {
namespace {

using namespace copying;

constexpr auto fetch_rows = "fetch 2000 from copied";

/// The server's numbers of types, fixed for ever.
enum : std::uint32_t { type_bool = 16, type_int8 = 20, type_int2 = 21, type_int4 = 23, type_int8_list = 1016 };

void read_list(std::string_view wire, std::vector<std::int64_t>& out) {
  constexpr std::size_t head = 20;  // dimensions, nulls, type, length, first index
  constexpr std::size_t element = 12;
  out.clear();
  for (auto at = head; at + element <= wire.size(); at += element)
    out.push_back(read_integer(wire.substr(at + 4, 8)));
}

class postgres_source final : public source {
 public:
  explicit postgres_source(const location& where) : line_(where) {
    {
      session probe(where, purpose::read);
      require_current_schema(probe);
    }
    line_.execute("set role heed_engine; begin isolation level repeatable read read only");
    if (line_.number("select count(*) from detached_week") > 0)
      throw database_error(errc::refused,
                           "weeks were taken off the store, so its journal is not whole: attach them again "
                           "(`alter table heed.journal attach partition ...`, see heed.detached_week), or copy by pg_dump");
  }

  bool in_use() override { return line_.number(copy_statement("in_use")) != 0; }
  std::vector<workspace_id> workspaces() override {
    std::vector<workspace_id> out;
    const auto rows = line_.query("select workspace from workspace order by workspace");
    for (int i = 0; i < rows.size(); ++i)
      out.emplace_back(std::string(rows.value(i, 0)));
    return out;
  }
  meta_values meta() override {
    meta_values out;
    const auto rows = line_.query("select name, value from meta");
    for (int i = 0; i < rows.size(); ++i)
      out[std::string(rows.value(i, 0))] = std::string(rows.value(i, 1));
    return out;
  }
  std::uint64_t epoch() override { return static_cast<std::uint64_t>(line_.number(copy_statement("epoch"))); }
  std::optional<span_of_time> decisions() override {
    const auto rows = line_.query(copy_statement("decisions"));
    if (rows.null(0, 0)) return std::nullopt;
    return span_of_time{rows.integer(0, 0), rows.integer(0, 1)};
  }

  void read(std::string_view table, const std::optional<workspace_id>& of, const std::function<void(const columns&)>& head,
            const std::function<void(row)>& each) override {
    auto sql = copy_statement(table);
    if (of) sql = "select * from (" + sql + ") t where workspace = " + line_.quoted(of->value);
    line_.execute("declare copied no scroll cursor for " + sql);
    bool first = true;
    for (;;) {
      const auto rows = line_.query(fetch_rows);
      if (std::exchange(first, false)) head(names_of(rows));
      if (rows.size() == 0) break;
      hand_on(rows, each);
    }
    line_.execute("close copied");
  }

 private:
  static columns names_of(const binary_rows& rows) {
    columns out;
    for (int i = 0; i < rows.width(); ++i)
      out.emplace_back(rows.name(i));
    return out;
  }

  void hand_on(const binary_rows& rows, const std::function<void(row)>& each) {
    std::vector<cell> cells(static_cast<std::size_t>(rows.width()));
    for (int i = 0; i < rows.size(); ++i) {
      for (int column = 0; column < rows.width(); ++column)
        cells[static_cast<std::size_t>(column)] = cell_of(rows, i, column);
      each(cells);
    }
  }

  cell cell_of(const binary_rows& rows, int i, int column) {
    cell c;
    if (rows.null(i, column)) return c;
    switch (rows.type(column)) {
      case type_bool:
      case type_int2:
      case type_int4:
      case type_int8:
        c.is = cell::what::integer;
        c.integer = rows.integer(i, column);
        return c;
      case type_int8_list:
        read_list(rows.value(i, column), list_);
        c.is = cell::what::integers;
        c.integers = list_;
        return c;
      default:
        c.is = cell::what::bytes;
        c.bytes = rows.value(i, column);
        return c;
    }
  }

  line line_;
  std::vector<std::int64_t> list_;
};

}  // namespace

std::string copy_statement(std::string_view name) {
  static const auto all = statements_in(queries());
  const auto found = all.find("copy_" + std::string(name));
  if (found == all.end()) throw database_error(errc::fatal, "no statement named copy_" + std::string(name));
  return std::string(found->second);
}

std::unique_ptr<source> open_copy_source(const location& where) { return std::make_unique<postgres_source>(where); }

}  // namespace heed::postgres
