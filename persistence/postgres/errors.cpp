#include "persistence/postgres/errors.hpp"

#include <algorithm>
#include <array>
#include <pqxx/pqxx>

#include "persistence/memory/table.hpp"

namespace heed::postgres {
namespace {

constexpr std::string_view unique_violation = "23505";
constexpr std::string_view read_only_transaction = "25006";

/// libpq ends its messages with a line break and repeats the prefix.
std::string tidy(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
    text.pop_back();
  for (auto& c : text)
    if (c == '\n') c = ' ';
  return text;
}

std::string words_of(std::string_view state, const std::string& what) {
  return "postgres " + (state.empty() ? std::string() : std::string(state) + ": ") + tidy(what);
}

store_error error_of(std::string_view state, const std::string& what, reach at) {
  return {code_of(state, at), words_of(state, what)};
}

}  // namespace

errc code_of(std::string_view state, reach at) {
  const bool doubtful = at == reach::commit;
  // The session ended, or its fate is the server's secret: after a commit was sent that is doubt.
  if (state.empty() || state.starts_with("08") || state == "40003" || state == "57P01" || state == "57P02" ||
      state == "57P03" || state == "57P05" || state == "25P03")
    return doubtful ? errc::unknown : errc::retry;
  // A medium that is full or broken stays so until a human comes.
  if (state == "53100" || state.starts_with("58") || state.starts_with("XX")) return errc::fatal;
  if (state.starts_with("40") || state.starts_with("53") || state.starts_with("55") || state == "57014" ||
      state == read_only_transaction)
    return errc::retry;
  if (state == "3D000") return errc::not_found;
  // What we said was malformed or may not be: the same again would be refused again.
  return errc::refused;
}

errc code_of_no_connection(std::string_view words) {
  const auto says = [&](std::string_view part) { return words.find(part) != std::string_view::npos; };
  // One host of several may come back while the others refuse.
  constexpr std::array passing{"Connection refused",   "No such file or directory", "starting up",       "shutting down",
                               "in recovery mode",     "not yet accepting",         "timeout expired",   "timed out",
                               "session is read-only", "server is in hot standby",  "too many clients",  "too many connections", "remaining connection slots",
                               "Network is unreachable", "No route to host",        "closed the connection", "Connection reset"};
  if (std::ranges::any_of(passing, says)) return errc::retry;
  if (says("database \"") && says("does not exist")) return errc::not_found;
  constexpr std::array standing{"authentication failed",     "no password supplied",  "role \"",
                                "no pg_hba.conf entry",      "invalid connection option", "invalid URI",
                                "invalid port number",       "invalid integer value", "missing \"=\"",
                                "does not support SSL",      "certificate verify failed", "is not permitted to log in",
                                "permission denied for database", "invalid sslmode", "invalid value for parameter",
                                "could not match"};
  return std::ranges::any_of(standing, says) ? errc::refused : errc::retry;
}

store_error error_in_flight(reach at, bool lost) {
  try {
    throw;
  } catch (const database_error& e) {
    return {e.code, e.what()};
  } catch (const met_another& e) {
    return {errc::retry, e.what()};
  } catch (const memory::broken_rule& e) {
    return {e.code, e.what()};
  } catch (const pqxx::broken_connection& e) {
    return error_of("", e.what(), at);
  } catch (const pqxx::in_doubt_error& e) {
    return {errc::unknown, words_of("", e.what())};
  } catch (const pqxx::statement_completion_unknown& e) {
    return error_of("40003", e.what(), at);
  } catch (const pqxx::deadlock_detected& e) {
    return error_of("40P01", e.what(), at);
  } catch (const pqxx::transaction_rollback& e) {
    return error_of("40000", e.what(), at);
  } catch (const pqxx::insufficient_privilege& e) {
    return error_of("42501", e.what(), at);  // libpqxx drops this one's state
  } catch (const pqxx::sql_error& e) {
    // Without a state the connection broke under the statement.
    return error_of(e.sqlstate(), e.what(), at);
  } catch (const std::exception& e) {
    if (lost) return error_of("", e.what(), at);
    return {errc::fatal, e.what()};
  }
}

bool is_collision_in_flight() {
  try {
    throw;
  } catch (const met_another&) {
    return true;
  } catch (const pqxx::deadlock_detected&) {
    return true;
  } catch (const pqxx::sql_error& e) {
    return e.sqlstate() == unique_violation;
  } catch (...) {
    return false;
  }
}

bool is_wrong_server_in_flight() {
  try {
    throw;
  } catch (const pqxx::sql_error& e) {
    return e.sqlstate() == read_only_transaction;
  } catch (...) {
    return false;
  }
}

}  // namespace heed::postgres
