#include "persistence/postgres/timed_line.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "persistence/postgres/embedded.hpp"

namespace heed::postgres {
namespace {

std::string tidy(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  text.resize(text.find_last_not_of(' ') + 1);
  return text;
}

struct result_closer {
  void operator()(PGresult* r) const { PQclear(r); }
};
using result_ptr = std::unique_ptr<PGresult, result_closer>;

const std::map<std::string, std::string_view, std::less<>>& statements() {
  static const std::map<std::string, std::string_view, std::less<>> all = [] {
    std::map<std::string, std::string_view, std::less<>> out;
    for (const auto& [name, sql] : statements_in(queries()))
      out.emplace(name, sql);
    return out;
  }();
  return all;
}

}  // namespace

void timed_line::lost(const std::string& why) {
  connection_.reset();
  throw database_error(errc::retry, "postgres " + redacted(tidy(why), where_));
}

void timed_line::wait(short events, clock::time_point end) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - clock::now()).count();
    if (left <= 0) lost("did not answer in time");
    pollfd one{PQsocket(connection_.get()), events, 0};
    const int ready = poll(&one, 1, static_cast<int>(left));
    if (ready > 0) return;
    if (ready < 0 && errno != EINTR) lost("poll failed");
  }
}

void timed_line::connect(clock::time_point end) {
  connection_.reset(PQconnectStart(where_.conninfo.c_str()));
  if (!connection_ || PQstatus(connection_.get()) == CONNECTION_BAD) lost(PQerrorMessage(connection_.get()));
  for (auto next = PGRES_POLLING_WRITING; next != PGRES_POLLING_OK; next = PQconnectPoll(connection_.get())) {
    if (next == PGRES_POLLING_FAILED) lost(PQerrorMessage(connection_.get()));
    wait(next == PGRES_POLLING_READING ? POLLIN : POLLOUT, end);
  }
  if (PQsetnonblocking(connection_.get(), 1) != 0) lost("cannot go without blocking");
  PQsetErrorVerbosity(connection_.get(), PQERRORS_TERSE);
  // As whoever logged in: ending another session of the same user is not given to the role that reads and writes.
  const auto* settings =
      "set search_path = heed; set client_min_messages = warning; set jit = off; set statement_timeout = '900ms';"
      "set lock_timeout = '500ms'; set idle_in_transaction_session_timeout = '900ms'";
  if (PQsendQuery(connection_.get(), settings) != 1) lost(PQerrorMessage(connection_.get()));
  (void)collect(end);
}

std::vector<timed_line::row> timed_line::collect(clock::time_point end) {
  while (PQflush(connection_.get()) > 0)
    wait(POLLOUT, end);
  std::vector<row> rows;
  std::optional<std::pair<std::string, std::string>> failed;
  for (;;) {
    while (PQisBusy(connection_.get()) != 0) {
      wait(POLLIN, end);
      if (PQconsumeInput(connection_.get()) != 1) lost(PQerrorMessage(connection_.get()));
    }
    const result_ptr answer(PQgetResult(connection_.get()));
    if (!answer) break;
    const auto status = PQresultStatus(answer.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
      const auto* state = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
      failed.emplace(state ? state : "", PQresultErrorMessage(answer.get()));
      continue;
    }
    for (int r = 0; r < PQntuples(answer.get()); ++r) {
      row one;
      for (int c = 0; c < PQnfields(answer.get()); ++c)
        one.push_back(PQgetisnull(answer.get(), r, c) != 0
                          ? std::nullopt
                          : std::optional<std::string>(std::in_place, PQgetvalue(answer.get(), r, c),
                                                       static_cast<std::size_t>(PQgetlength(answer.get(), r, c))));
      rows.push_back(std::move(one));
    }
  }
  if (!failed) return rows;
  if (PQstatus(connection_.get()) != CONNECTION_OK) lost(failed->second);
  throw database_error(code_of(failed->first, reach::before_commit),
                       "postgres " + failed->first + ": " + redacted(tidy(failed->second), where_));
}

std::vector<timed_line::row> timed_line::run(std::string_view name, const std::vector<std::string>& parameters) {
  const auto end = clock::now() + most_;
  if (!connection_) connect(end);
  const auto found = statements().find(name);
  if (found == statements().end()) throw database_error(errc::fatal, "no statement named " + std::string(name));
  const std::string sql(found->second);
  std::vector<const char*> values;
  for (const auto& p : parameters)
    values.push_back(p.c_str());
  if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr,
                        nullptr, 0) != 1)
    lost(PQerrorMessage(connection_.get()));
  return collect(end);
}

}  // namespace heed::postgres
