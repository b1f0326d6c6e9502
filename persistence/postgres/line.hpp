#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "persistence/postgres/errors.hpp"
#include "persistence/postgres/location.hpp"

/// libpq itself, for what libpqxx cannot: many rows in and out in the binary format.
namespace heed::postgres {

/// What a query gave, in the binary format.
class binary_rows {
 public:
  explicit binary_rows(PGresult* all) : all_(all) {}
  [[nodiscard]] int size() const { return PQntuples(all_.get()); }
  [[nodiscard]] int width() const { return PQnfields(all_.get()); }
  [[nodiscard]] std::string_view name(int column) const { return PQfname(all_.get(), column); }
  [[nodiscard]] std::uint32_t type(int column) const { return PQftype(all_.get(), column); }
  [[nodiscard]] bool null(int row, int column) const { return PQgetisnull(all_.get(), row, column) != 0; }
  [[nodiscard]] std::string_view value(int row, int column) const {
    return {PQgetvalue(all_.get(), row, column), static_cast<std::size_t>(PQgetlength(all_.get(), row, column))};
  }
  /// Of an integer of any width, or a boolean.
  [[nodiscard]] std::int64_t integer(int row, int column) const;

 private:
  struct closer {
    void operator()(PGresult* r) const { PQclear(r); }
  };
  std::unique_ptr<PGresult, closer> all_;
};

/// A number as the wire has it, of 1, 2, 4 or 8 bytes.
[[nodiscard]] std::int64_t read_integer(std::string_view wire);

/// One connection. Everything throws `database_error`, with the server's words and without the password.
class line {
 public:
  explicit line(const location& where);

  /// Statements without parameters, several at once.
  void execute(const std::string& sql, reach at = reach::before_commit);
  [[nodiscard]] binary_rows query(const std::string& sql);
  /// The first value of a query that gives a number.
  [[nodiscard]] std::int64_t number(const std::string& sql) { return query(sql).integer(0, 0); }
  [[nodiscard]] std::string quoted(std::string_view text);

  /// `copy ... from stdin`; then its bytes, and how many rows the server made of them.
  void begin_copy(const std::string& sql);
  void send(std::string_view part);
  [[nodiscard]] std::uint64_t end_copy();

 private:
  struct closer {
    void operator()(PGconn* c) const { PQfinish(c); }
  };
  [[noreturn]] void raise(const PGresult* answer, reach at = reach::before_commit);
  PGresult* checked(PGresult* answer, ExecStatusType wanted, reach at = reach::before_commit);

  location where_;
  std::unique_ptr<PGconn, closer> connection_;
};

}  // namespace heed::postgres
