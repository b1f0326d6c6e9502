#include <algorithm>
#include <chrono>

#include "persistence/postgres/copy_ends.hpp"
#include "persistence/postgres/hold.hpp"
#include "persistence/postgres/line.hpp"
#include "persistence/postgres/postgres_store.hpp"

namespace heed::postgres {
namespace {

using namespace copying;

constexpr std::size_t part_bytes = 256 * 1024;
constexpr std::int64_t week_us = 604'800'000'000;
/// More weeks than that are left to the default partition: a store whose time ran fast may have lived for ages.
constexpr std::int64_t weeks_most = 520;

/// The binary format of `copy`: a head, rows of (length, bytes), a tail.
constexpr std::string_view copy_head("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr std::string_view copy_tail("\377\377", 2);

template <std::unsigned_integral T>
void put_number(std::string& out, T x) {
  char wire[sizeof(T)];
  for (std::size_t i = 0; i < sizeof(T); ++i)
    wire[i] = static_cast<char>(x >> (8 * (sizeof(T) - 1 - i)));
  out.append(wire, sizeof(T));
}

void put_list(std::string& out, std::span<const std::int64_t> list) {
  constexpr std::uint32_t int8 = 20;
  put_number(out, static_cast<std::uint32_t>(20 + 12 * list.size()));
  for (const auto n : {std::uint32_t{1}, std::uint32_t{0}, int8, static_cast<std::uint32_t>(list.size()), std::uint32_t{1}})
    put_number(out, n);
  for (const auto each : list) {
    put_number(out, std::uint32_t{8});
    put_number(out, static_cast<std::uint64_t>(each));
  }
}

class postgres_target final : public target {
 public:
  explicit postgres_target(const location& where) : hold_(where), line_(where) {
    {
      session probe(where, purpose::write);
      require_current_schema(probe);
    }
    const auto owner = line_.query(copy_statement("owner"));
    if (owner.integer(0, 0) == 0)
      throw database_error(errc::refused, "only the owner of the schema may copy into it: name the user " +
                                              std::string(owner.value(0, 1)) + ", who ran `heed migrate`, in the URL");
    line_.execute("begin");
    line_.execute(copy_statement("settings"));
    force_row_security("no force");
  }

  std::vector<workspace_id> workspaces() override {
    std::vector<workspace_id> out;
    const auto rows = line_.query("select workspace from workspace");
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
  std::int64_t last_number(std::string_view table) override {
    if (table == "lead" || table == "inbox") return line_.number(copy_statement("last_number"));
    if (table == "effect") return line_.number(copy_statement("last_effect"));
    return line_.number("select coalesce(max(n), 0) from " + std::string(table));
  }
  void expect(span_of_time decisions) override {
    const auto weeks = (decisions.to - decisions.from) / week_us + 1;
    if (weeks <= weeks_most)
      (void)line_.number("select prepare_weeks(" + std::to_string(decisions.from) + ", " + std::to_string(weeks) + ")");
  }

  void begin(std::string_view table, const columns& names) override {
    places_.clear();
    std::string into;
    for (const auto& c : columns_of(table)) {
      const auto at = std::ranges::find(names, c.name);
      if (at == names.end()) {
        if (c.needed) throw database_error(errc::fatal, "nothing is known for " + std::string(table) + "." + c.name);
        continue;
      }
      places_.push_back({static_cast<std::size_t>(at - names.begin()), c.type});
      into += (into.empty() ? "" : ", ") + c.name;
    }
    table_ = table;
    copy_ = "copy " + table_ + " (" + into + ") from stdin (format binary)";
  }

  void put(row values) override {
    if (!copy_.empty()) start();
    put_number(part_, static_cast<std::uint16_t>(places_.size()));
    for (const auto& p : places_)
      put_cell(values[p.from], p.type);
    if (part_.size() < part_bytes) return;
    line_.send(part_);
    part_.clear();
  }
  std::uint64_t end() override {
    if (!copy_.empty()) return 0;
    part_ += copy_tail;
    line_.send(part_);
    part_.clear();
    const auto taken = line_.end_copy();
    for (const auto& index : indexes_)
      line_.execute(index);
    indexes_.clear();
    return taken;
  }

  void go_on_after(const std::map<std::string_view, std::int64_t>& highest) override {
    for (const auto& [table, last] : highest) {
      const auto sequence = table == "lead" || table == "inbox"
                                ? std::string("'heed.number'::regclass")
                                : "pg_get_serial_sequence('heed." + std::string(table) + "', 'n')::regclass";
      (void)line_.number("select setval(" + sequence + ", greatest(coalesce(pg_sequence_last_value(" + sequence + "), 0), " +
                         std::to_string(last) + "))");
    }
  }
  void put_meta(const std::string& name, const bytes& value) override {
    std::string hex;
    for (const unsigned char c : value) {
      constexpr auto digits = "0123456789abcdef";
      hex += digits[c >> 4];
      hex += digits[c & 15];
    }
    line_.execute("insert into meta (name, value) values (" + line_.quoted(name) + ", '\\x" + hex +
                  "') on conflict (name) do update set value = excluded.value");
  }
  void raise_epoch(std::uint64_t epoch) override {
    if (static_cast<std::int64_t>(epoch) > line_.number(copy_statement("epoch")))
      line_.execute("insert into node (epoch, pid, id) values (" + std::to_string(epoch) + ", 0, 'copied')");
  }
  void commit() override {
    force_row_security("force");
    line_.execute("commit", reach::commit);
  }

 private:
  struct place {
    std::size_t from = 0;
    std::uint32_t type = 0;
  };
  struct column {
    std::string name;
    std::uint32_t type = 0;
    bool needed = false;
  };
  enum : std::uint32_t { type_bool = 16, type_int8 = 20, type_int2 = 21, type_int4 = 23, type_int8_list = 1016 };

  void force_row_security(const std::string& how) {
    std::string all;
    for (const auto table : tables)
      all += "alter table " + std::string(table) + " " + how + " row level security;";
    line_.execute(all);
  }

  /// With the first row: many tables have none.
  void start() {
    take_indexes_off();
    line_.begin_copy(copy_);
    copy_.clear();
    part_ = copy_head;
  }

  /// An index made over all rows at once costs a third of one that grows with each: in a table that is empty so far they
  /// are made again at the end. A key that is made again refuses what is there twice as well as one that stayed.
  void take_indexes_off() {
    if (line_.number("select exists (select from " + table_ + ")") != 0) return;
    const auto rows = line_.query(
        "select coalesce('alter table ' || i.indrelid::regclass || ' drop constraint ' || quote_ident(k.conname), "
        "'drop index ' || i.indexrelid::regclass), "
        "coalesce('alter table ' || i.indrelid::regclass || ' add constraint ' || quote_ident(k.conname) || ' ' || "
        "pg_get_constraintdef(k.oid), pg_get_indexdef(i.indexrelid)) "
        "from pg_index i join pg_class c on c.oid = i.indrelid left join pg_constraint k on k.conindid = i.indexrelid "
        "where i.indrelid = 'heed." +
        table_ + "'::regclass and c.relkind = 'r' order by k.oid is null");
    for (int i = 0; i < rows.size(); ++i) {
      line_.execute(std::string(rows.value(i, 0)));
      indexes_.emplace_back(rows.value(i, 1));
    }
  }

  std::vector<column> columns_of(std::string_view table) {
    std::vector<column> out;
    const auto rows = line_.query(
        "select attname::text, atttypid::int, attnotnull and not atthasdef and attidentity = '' from pg_attribute "
        "where attrelid = 'heed." +
        std::string(table) + "'::regclass and attnum > 0 and not attisdropped order by attnum");
    for (int i = 0; i < rows.size(); ++i)
      out.push_back({std::string(rows.value(i, 0)), static_cast<std::uint32_t>(rows.integer(i, 1)), rows.integer(i, 2) != 0});
    return out;
  }

  void put_cell(const cell& c, std::uint32_t type) {
    switch (c.is) {
      case cell::what::null:
        return put_number(part_, ~std::uint32_t{0});
      case cell::what::integers:
        return put_list(part_, c.integers);
      case cell::what::bytes:
        put_number(part_, static_cast<std::uint32_t>(c.bytes.size()));
        part_ += c.bytes;
        return;
      case cell::what::integer:
        return put_integer(c.integer, type);
    }
  }

  void put_integer(std::int64_t x, std::uint32_t type) {
    const auto sized = [&](auto narrow) {
      put_number(part_, static_cast<std::uint32_t>(sizeof narrow));
      put_number(part_, narrow);
    };
    switch (type) {
      case type_bool:
        return sized(static_cast<std::uint8_t>(x != 0));
      case type_int2:
        return sized(static_cast<std::uint16_t>(x));
      case type_int4:
        return sized(static_cast<std::uint32_t>(x));
      default:
        return sized(static_cast<std::uint64_t>(x));
    }
  }

  hold hold_;
  line line_;
  std::string table_;
  std::string copy_;  ///< to be said before the first row
  std::vector<place> places_;
  std::string part_;
  std::vector<std::string> indexes_;  ///< to be made again when the table is whole
};

}  // namespace

std::unique_ptr<target> open_copy_target(const location& where) { return std::make_unique<postgres_target>(where); }

}  // namespace heed::postgres
