#include "persistence/postgres/session.hpp"

#include <charconv>

#include "actors/lead/check.hpp"
#include "persistence/postgres/embedded.hpp"

namespace heed::postgres {
namespace {

std::string_view statement_named(std::string_view name) {
  static const auto all = statements_in(queries());
  const auto found = all.find(name);
  if (found == all.end()) throw database_error(errc::fatal, "no statement named " + std::string(name));
  return found->second;
}

const char* settings_for(purpose what_for) {
  switch (what_for) {
    case purpose::write:
      // Every statement of a writer finds its rows by key. A plan made while a table was small must not be
      // one that walks it when it is large, and planning anew for each batch costs more than it finds.
      return "set statement_timeout = '30s'; set lock_timeout = '1s'; set "
             "idle_in_transaction_session_timeout = '5s';"
             "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;"
             "set plan_cache_mode = force_generic_plan;";
    case purpose::read:
      return "set statement_timeout = '5s'; set lock_timeout = '1s'; set idle_in_transaction_session_timeout "
             "= '5s';"
             "set default_transaction_read_only = on;";
    case purpose::hold:
      return "set statement_timeout = '5s'; set lock_timeout = '1s'; set idle_session_timeout = 0;";
    case purpose::migrate:
      return "set statement_timeout = 0; set lock_timeout = '60s'; set idle_in_transaction_session_timeout = "
             "'10min';";
  }
  check_failed("a connection has a purpose", __FILE__, __LINE__);
}

/// Reads and writes happen as `heed_engine`, which row-level security lets through and which owns nothing.
constexpr const char* become_engine = R"(
  do $$ begin
    if exists (select from pg_roles where rolname = 'heed_engine') and pg_has_role('heed_engine', 'member') then
      set role heed_engine;
    end if;
  end $$)";

}  // namespace

std::int64_t row_view::integer(int column) const {
  const auto digits = view(column);
  std::int64_t out = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  CHECK(read.ec == std::errc{} && read.ptr == digits.data() + digits.size());
  return out;
}

session::session(const location& where, purpose what_for) try
    : connection_(where.conninfo), work_(connection_) {
// It may be deprecated, but without it a lost connection comes back by itself in the middle of a transaction.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection_.inhibit_reactivation(true);
#pragma GCC diagnostic pop
  // Details name values, which may be people's.
  connection_.set_verbosity(pqxx::connection_base::terse);
  execute(std::string(settings_for(what_for)) +
          "set search_path = heed; set client_min_messages = warning; set jit = off;");
  if (what_for != purpose::migrate) execute(become_engine);
} catch (const pqxx::failure& e) {
  const auto lost = dynamic_cast<const pqxx::broken_connection*>(&e) != nullptr;
  const auto error = error_in_flight(reach::before_commit, lost);
  throw database_error(lost ? code_of_no_connection(error.detail) : error.code, redacted(error.detail, where));
}

bool session::still_connected() noexcept {
  try {
    // The first reads the server's last words, the second the end of the line.
    connection_.get_notifs();
    connection_.get_notifs();
  } catch (const std::exception&) {
    return false;
  }
  return usable();
}

answer session::run_prepared(std::string_view name, const std::vector<parameter>& all) {
  const std::string key(name);
  if (!prepared_.contains(name)) {
    const auto sql = statement_named(name);
    connection_.prepare(key, std::string(sql));
    prepared_.insert(name);
  }
  // The one kind of parameter list in which some values are null and all others binary.
  pqxx::internal::params values;
  for (const auto& each : all) {
    values.lengths.push_back(each ? static_cast<int>(each->size()) : 0);
    values.nonnulls.push_back(each ? 1 : 0);
    values.binaries.push_back(each ? 1 : 0);
    if (each) values.bin_strings.emplace_back(*each);
  }
  return answer(work_.exec_prepared(key, std::as_const(values)));
}

transaction::transaction(session& s, kind k) : session_(s) {
  s.execute(k == kind::write ? "begin" : "begin isolation level repeatable read read only");
}

transaction::~transaction() {
  if (!open_ || !session_.usable()) return;
  try {
    session_.execute("rollback");
  } catch (const std::exception&) {
    return;  // a connection that cannot roll back is lost, and what it did with it
  }
}

void transaction::commit() {
  reached_ = reach::commit;
  open_ = false;
  session_.execute("commit");
}

}  // namespace heed::postgres
