#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/lead/ids.hpp"
#include "actors/lead/time.hpp"
#include "persistence/errc.hpp"

/// SQLite's C API behind types that close, reset and report by themselves. Exceptions stay inside
/// persistence/sqlite.
namespace heed::sqlite {

struct database_error : std::runtime_error {
  database_error(errc c, const std::string& detail) : std::runtime_error(detail), code(c) {}
  errc code;
};

/// Opaque bytes, told apart from text by type.
struct blob {
  std::string_view data;
};

class statement {
 public:
  statement(sqlite3* db, std::string_view sql);

  /// Runs to the end; what rows it gives are passed over.
  template <class... Args>
  void run(const Args&... args) {
    bind_all(SQLITE_STATIC, args...);
    finish();
  }
  /// First column of the first row, none when there is no row.
  template <class... Args>
  std::optional<std::int64_t> number(const Args&... args) {
    bind_all(SQLITE_STATIC, args...);
    const auto found = step() ? std::optional(integer(0)) : std::nullopt;
    reset();
    return found;
  }
  /// Rows one by one: `for (auto rows = s.query(...); rows.next();)`.
  class cursor;
  template <class... Args>
  cursor query(const Args&... args);
  [[nodiscard]] std::vector<std::string> columns() const;

  /// For values whose number and kind are known while the program runs; each is good until `insert`.
  void set_null(int at) { check(sqlite3_bind_null(get(), at)); }
  template <class T>
  void set(int at, const T& x) {
    bind(at, x, SQLITE_STATIC);
  }
  void insert() { finish(); }

 private:
  using lifetime = sqlite3_destructor_type;

  template <class... Args>
  void bind_all([[maybe_unused]] lifetime life, const Args&... args) {
    int at = 0;
    (bind(++at, args, life), ...);
  }
  template <std::integral T>
  void bind(int at, T x, lifetime) {
    check(sqlite3_bind_int64(get(), at, static_cast<std::int64_t>(x)));
  }
  template <class T>
  requires std::is_enum_v<T>
  void bind(int at, T x, lifetime) { check(sqlite3_bind_int64(get(), at, static_cast<std::int64_t>(x))); }
  void bind(int at, time_point t, lifetime) { check(sqlite3_bind_int64(get(), at, to_micros(t))); }
  void bind(int at, std::string_view text, lifetime life) {
    check(sqlite3_bind_text(get(), at, text.data() ? text.data() : "", static_cast<int>(text.size()), life));
  }
  void bind(int at, blob b, lifetime life) {
    check(sqlite3_bind_blob(get(), at, b.data.data() ? b.data.data() : "", static_cast<int>(b.data.size()),
                            life));
  }
  template <class Tag>
  void bind(int at, const id<Tag>& x, lifetime life) {
    bind(at, std::string_view(x.value), life);
  }
  template <class T>
  void bind(int at, const std::optional<T>& x, lifetime life) {
    if (x)
      bind(at, *x, life);
    else
      check(sqlite3_bind_null(get(), at));
  }

  [[nodiscard]] sqlite3_stmt* get() const { return handle_.get(); }
  bool step();
  void finish();
  void reset() { sqlite3_reset(get()); }
  void check(int code) const;
  [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(get(), column); }

  struct closer {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  std::unique_ptr<sqlite3_stmt, closer> handle_;
};

class statement::cursor {
 public:
  explicit cursor(statement& s) : s_(s) {}
  ~cursor() { s_.reset(); }
  cursor(const cursor&) = delete;
  cursor& operator=(const cursor&) = delete;

  bool next() { return s_.step(); }
  [[nodiscard]] std::int64_t integer(int column) const { return s_.integer(column); }
  [[nodiscard]] std::uint64_t count(int column) const {
    return static_cast<std::uint64_t>(s_.integer(column));
  }
  [[nodiscard]] bool null(int column) const { return sqlite3_column_type(s_.get(), column) == SQLITE_NULL; }
  [[nodiscard]] bool flag(int column) const { return integer(column) != 0; }
  [[nodiscard]] time_point instant(int column) const { return from_micros(integer(column)); }
  [[nodiscard]] std::optional<time_point> maybe_instant(int column) const {
    return null(column) ? std::nullopt : std::optional(instant(column));
  }
  /// Texts and blobs alike.
  [[nodiscard]] std::string text(int column) const;
  /// The same without a copy, good until the next row.
  [[nodiscard]] std::string_view view(int column) const;
  /// SQLITE_INTEGER, SQLITE_TEXT, SQLITE_BLOB or SQLITE_NULL.
  [[nodiscard]] int type(int column) const { return sqlite3_column_type(s_.get(), column); }
  template <class Id>
  [[nodiscard]] Id named(int column) const {
    return Id(text(column));
  }
  template <class Enum>
  [[nodiscard]] Enum as(int column) const {
    return static_cast<Enum>(integer(column));
  }

 private:
  statement& s_;
};

template <class... Args>
statement::cursor statement::query(const Args&... args) {
  bind_all(SQLITE_TRANSIENT, args...);
  return cursor(*this);
}

enum class access : std::uint8_t { write, read };

/// One connection with its prepared statements.
class database {
 public:
  database(const std::string& path, access mode, const char* synchronous);

  void execute(const char* sql);
  /// A function of one text that SQL may call by this name.
  void know(const char* name, std::string (*f)(std::string_view));
  /// The statement of that name in sql/*.sql, prepared once.
  statement& operator[](std::string_view name);
  /// A statement that was put together here.
  [[nodiscard]] statement prepare(const std::string& sql) { return {handle_.get(), sql}; }
  /// The text of that name in sql/*.sql.
  [[nodiscard]] static std::string_view text_of(std::string_view name);
  [[nodiscard]] int changes() const { return sqlite3_changes(handle_.get()); }
  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  [[nodiscard]] std::int64_t schema_version();

 private:
  struct closer {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  std::unique_ptr<sqlite3, closer> handle_;
  std::unordered_map<std::string_view, statement> prepared_;
};

/// Rolled back unless committed.
class transaction {
 public:
  /// `immediate` takes the write lock at once; `deferred` pins a snapshot at the first read.
  enum class kind : std::uint8_t { immediate, deferred };
  transaction(database& db, kind k);
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  void commit();

 private:
  database& db_;
};

/// The edge where exceptions become values.
template <class F>
auto guarded(F&& f) -> result<decltype(f())> {
  try {
    if constexpr (std::is_void_v<decltype(f())>) {
      f();
      return {};
    } else {
      return f();
    }
  } catch (const database_error& e) {
    return fail(e.code, e.what());
  } catch (const std::exception& e) {
    return fail(errc::fatal, e.what());
  }
}

}  // namespace heed::sqlite
