#include "persistence/sqlite/sqlite_store.hpp"

#include <unistd.h>

#include "persistence/sqlite/reader.hpp"
#include "persistence/store_rules.hpp"

namespace heed::sqlite {
namespace {

access access_of(open_mode mode) { return mode == open_mode::read_write ? access::write : access::read; }

process_lock lock_for(const location& where, open_mode mode) {
  if (!std::filesystem::exists(where.path))
    throw database_error(errc::not_found, "no store at " + where.path + ": run `heed migrate`");
  return mode == open_mode::read_only ? process_lock() : process_lock(where.path + ".lock");
}

}  // namespace

void insert_audit(database& db, const audit_row& row) {
  db["audit_insert"].run(row.workspace, row.by, row.what, row.detail, row.at);
}

sqlite_store::sqlite_store(location where, open_mode mode)
    : where_(std::move(where)),
      mode_(mode),
      lock_(lock_for(where_, mode_)),
      db_(where_.path, access_of(mode_), where_.synchronous.c_str()),
      writer_(db_) {
  require_current_schema(db_);
}

result<node_identity> sqlite_store::attach(time_point now) {
  return change([&](database& db) {
    node_identity who;
    who.epoch = static_cast<std::uint64_t>(db["epoch_last"].number().value_or(0)) + 1;
    who.node_id = "node-" + std::to_string(who.epoch) + "-" + std::to_string(::getpid());
    db["node_insert"].run(who.epoch, who.node_id, ::getpid(), now);
    db["switch_create"].run(stop_scope::global, std::string_view{}, std::string_view{}, false, "created", now);
    writer_.become(who);
    writer_.orphan_calls(now);
    return who;
  });
}

result<write_result> sqlite_store::write(const write_batch& batch) {
  if (!writer_.attached()) return fail(errc::refused, "attach before the first write");
  return change([&](database&) {
    write_result out;
    for (const auto& item : batch.accepts)
      out.accepts.push_back(writer_.accept(item));
    for (const auto& c : batch.commits)
      out.commits.push_back(writer_.commit(c));
    for (const auto& f : batch.finishes)
      out.finishes.push_back(writer_.finish(f));
    for (const auto& c : batch.claims)
      out.claims.push_back(writer_.claim(c));
    for (const auto& m : batch.sandbox)
      writer_.deliver(m);
    return out;
  });
}

result<std::unique_ptr<store_reader>> sqlite_store::reader() {
  return guarded(
      [&]() -> std::unique_ptr<store_reader> { return std::make_unique<sqlite_reader>(where_.path); });
}

result<void> sqlite_store::count_attempt(std::span<const std::uint64_t> inbox) {
  return change([&](database& db) {
    for (const auto each : inbox)
      db["attempt_count"].run(each);
  });
}

result<void> sqlite_store::bury(std::uint64_t inbox, const std::string& error, time_point now) {
  return change([&](database& db) {
    const auto lead = db["pending_bury"].number(inbox, error, now);
    if (!lead) throw database_error(errc::not_found, "no such pending stimulus");
    db["pending_delete"].run(inbox);
    db["lead_poison"].run(*lead, true);
  });
}

result<void> sqlite_store::requeue(std::uint64_t inbox) {
  return change([&](database& db) {
    const auto lead = db["dead_lead"].number(inbox);
    if (!lead) throw database_error(errc::not_found, "no such dead letter");
    db["dead_delete"].run(inbox);
    db["pending_insert"].run(inbox, *lead);
  });
}

result<void> sqlite_store::bury_effect(const effect_id& id, const std::string& error, time_point now) {
  return change([&](database&) { writer_.bury_effect(id, error, now); });
}

result<void> sqlite_store::create_workspace(const workspace_id& ws, time_point now) {
  return change([&](database& db) {
    db["workspace_insert"].run(ws, now);
    db["switch_create"].run(stop_scope::global, std::string_view{}, std::string_view{}, false, "created", now);
    db["switch_create"].run(stop_scope::workspace, ws, std::string_view{}, false, "created", now);
  });
}

result<std::uint64_t> sqlite_store::put_policy(const workspace_id& ws, std::uint64_t expected,
                                               const bytes& body, const audit_row& why) {
  return change([&](database& db) {
    if (!db["workspace_exists"].number(ws)) throw database_error(errc::not_found, "no such workspace");
    if (static_cast<std::uint64_t>(db["policy_last"].number(ws).value_or(0)) != expected)
      throw database_error(errc::conflict, "the policy has changed since it was read");
    db["policy_insert"].run(ws, expected + 1, blob{body});
    insert_audit(db, why);
    return expected + 1;
  });
}

result<void> sqlite_store::put_api_key(const api_key_row& row) {
  return change([&](database& db) {
    db["api_key_put"].run(row.hash, row.workspace, row.as, row.name, row.created_at, row.revoked);
  });
}

result<void> sqlite_store::put_kill_switch(const kill_switch_row& given) {
  return change([&](database& db) {
    const auto row = store_rules::canonical(given);
    db["switch_put"].run(row.scope, row.workspace, row.name, row.engaged, row.by, row.at);
  });
}

result<void> sqlite_store::create_kill_switch(const kill_switch_row& given) {
  return change([&](database& db) {
    const auto row = store_rules::canonical(given);
    db["switch_create"].run(row.scope, row.workspace, row.name, row.engaged, row.by, row.at);
  });
}

result<void> sqlite_store::put_meta(const std::string& name, const bytes& value) {
  return change([&](database& db) { db["meta_put"].run(name, blob{value}); });
}

result<void> sqlite_store::swap_meta(const std::string& name, const std::optional<bytes>& read, const bytes& value) {
  return change([&](database& db) {
    auto done = read ? db["meta_swap"].query(name, blob{*read}, blob{value}) : db["meta_add"].query(name, blob{value});
    if (!done.next()) throw database_error(errc::conflict, store_rules::meta_changed(name));
  });
}

result<void> sqlite_store::put_idempotent_answer(const workspace_id& ws, const std::string& key,
                                                 const bytes& request_hash, const bytes& answer,
                                                 time_point now) {
  return change([&](database& db) {
    db["answer_put"].run(ws, key, blob{request_hash}, blob{answer}, now);
    // The same request twice at once is no conflict: the first answer stands for both.
    auto kept = db["read_answer"].query(ws, key);
    if (!kept.next() || kept.text(0) != request_hash)
      throw database_error(errc::conflict, "this Idempotency-Key was used for another request");
  });
}

result<void> sqlite_store::add_audit(const audit_row& row) {
  return change([&](database& db) { insert_audit(db, row); });
}

}  // namespace heed::sqlite
