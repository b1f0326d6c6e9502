#include "persistence/postgres/errors.hpp"

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
