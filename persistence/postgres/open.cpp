#include "persistence/postgres/embedded.hpp"
#include "persistence/postgres/postgres_store.hpp"

/// Migrations and the door to the store.
namespace heed::postgres {
namespace {

/// Two migrators of one database take turns; freed with the connection.
constexpr const char* one_migrator = "select pg_advisory_lock(1212499268, 2)";

constexpr const char* notes_of_migrations = R"(
  create schema if not exists heed;
  create table if not exists heed.migration (
    number bigint primary key, name text not null, applied_at timestamptz not null default clock_timestamp()))";

std::int64_t schema_version(session& s) {
  // Asked in this order: of a schema that is not there, or is somebody else's, nothing further may be asked.
  const auto there = s.query(
      "select case when to_regnamespace('heed') is null then false "
      "when not has_schema_privilege('heed', 'usage') then false "
      "else to_regclass('heed.migration') is not null end");
  if (!there[0].flag(0)) return 0;
  return s.query("select coalesce(max(number), 0) from heed.migration").number().value_or(0);
}

std::vector<std::string> apply_missing(session& s) {
  std::vector<std::string> applied;
  // A node asks at every start, as a user who may make nothing.
  if (schema_version(s) >= number_of(migrations().back())) return applied;
  s.execute(one_migrator);
  s.execute(notes_of_migrations);
  const auto present = schema_version(s);
  for (const auto& file : migrations()) {
    if (number_of(file) <= present) continue;
    transaction tx(s, transaction::kind::write);
    s.execute("set local search_path = heed");
    s.execute(std::string(file.text));
    s.execute("insert into migration (number, name) values (" + std::to_string(number_of(file)) + ", '" +
              std::string(file.name) + "')");
    tx.commit();
    applied.emplace_back(file.name);
  }
  return applied;
}

/// Whatever went wrong, said without the password.
template <class F>
auto guarded_at(const location& where, F&& f) {
  auto out = guarded(std::forward<F>(f));
  if (!out) out.error().detail = redacted(std::move(out.error().detail), where);
  return out;
}

}  // namespace

void require_current_schema(session& s) {
  const auto wanted = number_of(migrations().back());
  const auto engine = s.query(
      "select exists (select from pg_roles where rolname = 'heed_engine'), current_user = 'heed_engine', "
      "session_user");
  const auto user = engine[0].text(2);
  if (engine[0].flag(0) && !engine[0].flag(1))
    throw database_error(errc::refused, "the user " + user +
                                            " may not act as heed_engine: have an administrator run "
                                            "`grant heed_engine to " +
                                            user + "`");
  const auto present = engine[0].flag(0) ? schema_version(s) : 0;
  const auto seen = "the store's schema is " + std::to_string(present);
  if (present < wanted)
    throw database_error(errc::refused,
                         seen + ", this binary needs " + std::to_string(wanted) + ": run `heed migrate`");
  if (present > wanted)
    throw database_error(
        errc::refused, seen + ", newer than this binary's " + std::to_string(wanted) + ": run a newer heed");
}

result<std::unique_ptr<store>> open(const std::string& url, open_mode mode) {
  const auto where = parse_location(url);
  if (!where) return tl::unexpected(where.error());
  return guarded_at(
      *where, [&]() -> std::unique_ptr<store> { return std::make_unique<postgres_store>(*where, mode); });
}

result<std::vector<std::string>> migrate(const std::string& url) {
  const auto where = parse_location(url);
  if (!where) return tl::unexpected(where.error());
  return guarded_at(*where, [&] {
    session s(*where, purpose::migrate);
    return apply_missing(s);
  });
}

}  // namespace heed::postgres
