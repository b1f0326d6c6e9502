#pragma once

#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "persistence/postgres/errors.hpp"
#include "persistence/postgres/location.hpp"
#include "persistence/postgres/values.hpp"

/// libpqxx behind types of our own: one connection with its settings, role and prepared statements.
namespace heed::postgres {

/// Rows on their way in, a column each.
template <class... Ts>
class rows_of {
 public:
  void add(const Ts&... values) {
    ++size_;
    std::apply([&](auto&... columns) { (columns.add(values), ...); }, columns_);
  }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const auto& columns() const { return columns_; }

 private:
  template <class>
  using column_for = column;
  std::size_t size_ = 0;
  std::tuple<column_for<Ts>...> columns_{column_for<Ts>(wire::type_of(Ts{}))...};
};

/// One row on its way out.
class row_view {
 public:
  row_view(const pqxx::result& all, std::size_t at) : row_(all[static_cast<pqxx::result::size_type>(at)]) {}

  [[nodiscard]] bool null(int column) const { return field(column).is_null(); }
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::uint64_t count(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  [[nodiscard]] std::uint32_t small(int column) const { return static_cast<std::uint32_t>(integer(column)); }
  [[nodiscard]] bool flag(int column) const { return field(column).c_str()[0] == 't'; }
  [[nodiscard]] time_point instant(int column) const { return from_micros(integer(column)); }
  [[nodiscard]] std::optional<time_point> maybe_instant(int column) const {
    return null(column) ? std::nullopt : std::optional(instant(column));
  }
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(int column) const {
    return null(column) ? std::nullopt : std::optional(integer(column));
  }
  [[nodiscard]] std::string text(int column) const { return std::string(view(column)); }
  [[nodiscard]] std::optional<std::string> maybe_text(int column) const {
    return null(column) ? std::nullopt : std::optional(text(column));
  }
  [[nodiscard]] std::string bytes(int column) const { return from_hex(view(column)); }
  template <class Id>
  [[nodiscard]] Id named(int column) const {
    return Id(text(column));
  }
  template <class Enum>
  [[nodiscard]] Enum as(int column) const {
    return static_cast<Enum>(integer(column));
  }

 private:
  [[nodiscard]] pqxx::field field(int column) const {
    return row_[static_cast<pqxx::row::size_type>(column)];
  }
  [[nodiscard]] std::string_view view(int column) const {
    const auto f = field(column);
    return {f.c_str(), f.size()};
  }

  pqxx::row row_;
};

/// What a statement gave.
class answer {
 public:
  explicit answer(pqxx::result all) : all_(std::move(all)) {}
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(all_.size()); }
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] std::uint64_t changed() const { return static_cast<std::uint64_t>(all_.affected_rows()); }
  [[nodiscard]] row_view operator[](std::size_t at) const { return {all_, at}; }
  /// The first column of the first row; none without a row, or when it is null.
  [[nodiscard]] std::optional<std::int64_t> number() const {
    return empty() ? std::nullopt : (*this)[0].maybe_integer(0);
  }
  template <class F>
  void each(F&& f) const {
    for (std::size_t i = 0; i < size(); ++i)
      f((*this)[i]);
  }
  template <class Read>
  auto all_as(Read read) const {
    std::vector<decltype(read(std::declval<row_view>()))> out;
    out.reserve(size());
    each([&](const row_view& r) { out.push_back(read(r)); });
    return out;
  }

 private:
  pqxx::result all_;
};

/// What a connection is for decides how long it may wait.
enum class purpose : std::uint8_t {
  write,  ///< key look-ups and changes: plans are made once and never walk a table
  read,   ///< people wait for it
  hold,   ///< idle for as long as the process lives
  migrate,
};

class session {
 public:
  session(const location& where, purpose what_for);

  [[nodiscard]] bool usable() const { return connection_.is_open(); }
  /// Notices without waiting whether the server has closed it.
  [[nodiscard]] bool still_connected() noexcept;

  void execute(const std::string& sql) { work_.exec(sql); }
  [[nodiscard]] answer query(const std::string& sql) { return answer(work_.exec(sql)); }

  /// Runs the statement of that name in sql/*.sql, prepared once; every argument is a value, a column or
  /// rows_of.
  template <class... Args>
  answer run(std::string_view name, const Args&... args) {
    std::vector<parameter> all;
    all.reserve(16);
    (append(all, args), ...);
    return run_prepared(name, all);
  }

 private:
  using parameter = std::optional<std::string>;

  template <class... Ts>
  static void append(std::vector<parameter>& all, const rows_of<Ts...>& rows) {
    std::apply([&](const auto&... columns) { (all.emplace_back(columns.encoded()), ...); }, rows.columns());
  }
  static void append(std::vector<parameter>& all, const column& c) { all.emplace_back(c.encoded()); }
  template <class T>
  static void append(std::vector<parameter>& all, const T& x) {
    if (wire::is_null(x))
      all.emplace_back(std::nullopt);
    else
      all.emplace_back(encoded(wire::value_of(x)));
  }

  answer run_prepared(std::string_view name, const std::vector<parameter>& all);

  pqxx::connection connection_;
  pqxx::nontransaction
      work_;  ///< transactions are begun and ended by `transaction`, which must know what it sent
  std::set<std::string_view> prepared_;
};

/// Rolled back unless committed.
class transaction {
 public:
  enum class kind : std::uint8_t { write, snapshot };
  transaction(session& s, kind k);
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;

  void commit();
  [[nodiscard]] reach reached() const { return reached_; }

 private:
  session& session_;
  bool open_ = true;
  reach reached_ = reach::before_commit;
};

}  // namespace heed::postgres
