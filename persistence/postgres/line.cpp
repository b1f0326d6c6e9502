#include "persistence/postgres/line.hpp"

#include <cstdlib>

namespace heed::postgres {
namespace {

std::string tidy(std::string text) {
  for (auto& c : text)
    if (c == '\n' || c == '\t') c = ' ';
  text.resize(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

std::int64_t read_integer(std::string_view wire) {
  if (wire.empty()) return 0;
  auto out = static_cast<std::int64_t>(static_cast<signed char>(wire.front()));
  for (const char c : wire.substr(1))
    out = static_cast<std::int64_t>(static_cast<std::uint64_t>(out) << 8 | static_cast<unsigned char>(c));
  return out;
}

std::int64_t binary_rows::integer(int row, int column) const { return read_integer(value(row, column)); }

line::line(const location& where) : where_(where), connection_(PQconnectdb(where.conninfo.c_str())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    const auto words = tidy(PQerrorMessage(connection_.get()));
    throw database_error(code_of_no_connection(words), "postgres " + redacted(words, where_));
  }
  PQsetErrorVerbosity(connection_.get(), PQERRORS_TERSE);
  execute("set search_path = heed; set client_min_messages = warning; set jit = off; set lock_timeout = '10s';"
          "set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;");
}

void line::raise(const PGresult* answer, reach at) {
  const auto* state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  const std::string code = state ? state : "";
  throw database_error(code_of(code, at), "postgres " + (code.empty() ? code : code + ": ") +
                                              redacted(tidy(PQerrorMessage(connection_.get())), where_));
}

PGresult* line::checked(PGresult* answer, ExecStatusType wanted, reach at) {
  if (PQresultStatus(answer) == wanted) return answer;
  const binary_rows owner(answer);
  raise(answer, at);
}

void line::execute(const std::string& sql, reach at) {
  auto* answer = PQexec(connection_.get(), sql.c_str());
  const binary_rows owner(answer);
  const auto status = PQresultStatus(answer);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) raise(answer, at);
}

binary_rows line::query(const std::string& sql) {
  constexpr int binary = 1;
  return binary_rows(checked(
      PQexecParams(connection_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, binary), PGRES_TUPLES_OK));
}

std::string line::quoted(std::string_view text) {
  const std::unique_ptr<char, void (*)(void*)> out(PQescapeLiteral(connection_.get(), text.data(), text.size()), PQfreemem);
  if (!out) throw database_error(errc::refused, "postgres " + tidy(PQerrorMessage(connection_.get())));
  return out.get();
}

void line::begin_copy(const std::string& sql) {
  const binary_rows owner(checked(PQexec(connection_.get(), sql.c_str()), PGRES_COPY_IN));
}

void line::send(std::string_view part) {
  if (PQputCopyData(connection_.get(), part.data(), static_cast<int>(part.size())) != 1) raise(nullptr);
}

std::uint64_t line::end_copy() {
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) raise(nullptr);
  auto* answer = checked(PQgetResult(connection_.get()), PGRES_COMMAND_OK);
  const binary_rows owner(answer);
  const auto rows = std::strtoull(PQcmdTuples(answer), nullptr, 10);
  while (auto* more = PQgetResult(connection_.get()))
    PQclear(more);
  return rows;
}

}  // namespace heed::postgres
