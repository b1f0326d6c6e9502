#include "persistence/sqlite/database.hpp"

#include "persistence/sqlite/embedded.hpp"

namespace heed::sqlite {
namespace {

/// SQLite says definitely what happened: nothing that fails here is in doubt, but a broken medium ends the
/// process.
errc code_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
      return errc::retry;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return errc::refused;
    default:
      return errc::fatal;
  }
}

[[noreturn]] void raise(sqlite3* db, int code) {
  // Messages name tables, columns and constraints, never values.
  throw database_error(code_of(code), "sqlite " + std::to_string(code) + ": " +
                                          (db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code)));
}

}  // namespace

statement::statement(sqlite3* db, std::string_view sql) {
  sqlite3_stmt* made = nullptr;
  const int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &made, nullptr);
  if (code != SQLITE_OK) raise(db, code);
  handle_.reset(made);
}

bool statement::step() {
  const int code = sqlite3_step(get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  reset();
  raise(sqlite3_db_handle(get()), code);
}

void statement::finish() {
  while (step()) {
  }
  reset();
}

void statement::check(int code) const {
  if (code != SQLITE_OK) raise(sqlite3_db_handle(get()), code);
}

std::vector<std::string> statement::columns() const {
  std::vector<std::string> names;
  for (int i = 0; i < sqlite3_column_count(get()); ++i)
    names.emplace_back(sqlite3_column_name(get(), i));
  return names;
}

std::string_view statement::cursor::view(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(s_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(s_.get(), column));
  return data == nullptr ? std::string_view{} : std::string_view(data, size);
}

std::string statement::cursor::text(int column) const { return std::string(view(column)); }

database::database(const std::string& path, access mode, const char* synchronous) {
  sqlite3* made = nullptr;
  const int flags =
      (mode == access::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) |
      SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &made, flags, nullptr);
  handle_.reset(made);
  if (code != SQLITE_OK) raise(made, code);
  sqlite3_extended_result_codes(made, 1);
  sqlite3_busy_timeout(made, 5'000);
  execute("pragma temp_store = memory");
  execute("pragma cache_size = -65536");
  if (mode == access::read) {
    execute("pragma query_only = on");
    return;
  }
  execute("pragma journal_mode = wal");
  execute((std::string("pragma synchronous = ") + synchronous).c_str());
  // A longer log merges more changes of one page into one write-back.
  execute("pragma wal_autocheckpoint = 8000");
}

void database::know(const char* name, std::string (*f)(std::string_view)) {
  const auto call = [](sqlite3_context* to, int, sqlite3_value** given) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(given[0]));
    const std::string_view view(text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_value_bytes(given[0])));
    const auto answer = reinterpret_cast<std::string (*)(std::string_view)>(sqlite3_user_data(to))(view);
    sqlite3_result_text(to, answer.data(), static_cast<int>(answer.size()), SQLITE_TRANSIENT);
  };
  const int code = sqlite3_create_function_v2(handle_.get(), name, 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                              reinterpret_cast<void*>(f), call, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) raise(handle_.get(), code);
}

void database::execute(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) raise(handle_.get(), code);
}

std::string_view database::text_of(std::string_view name) {
  static const auto all = statements_in(queries());
  const auto found = all.find(name);
  if (found == all.end()) throw database_error(errc::fatal, "no statement named " + std::string(name));
  return found->second;
}

statement& database::operator[](std::string_view name) {
  const auto found = prepared_.find(name);
  if (found != prepared_.end()) return found->second;
  return prepared_.emplace(name, statement(handle_.get(), text_of(name))).first->second;
}

std::int64_t database::schema_version() {
  return statement(handle_.get(), "pragma user_version").number().value_or(0);
}

transaction::transaction(database& db, kind k) : db_(db) {
  db_.execute(k == kind::immediate ? "begin immediate" : "begin deferred");
}

transaction::~transaction() {
  // SQLite ends a transaction by itself after some errors; a failing rollback leaves nothing behind either.
  if (!db_.in_transaction()) return;
  try {
    db_.execute("rollback");
  } catch (const database_error&) {
    return;
  }
}

void transaction::commit() { db_.execute("commit"); }

}  // namespace heed::sqlite
