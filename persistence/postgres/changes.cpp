#include "persistence/postgres/changes.hpp"

#include "persistence/postgres/postgres_store.hpp"
#include "persistence/store_rules.hpp"

/// Changes outside the batches: attempts and dead letters, workspaces, policies, keys, switches.
namespace heed::postgres {

void insert_audit(session& s, const audit_row& row) {
  s.run("audit_insert", row.workspace, row.by, row.what, row.detail, row.at);
}

result<void> postgres_store::count_attempt(std::span<const std::uint64_t> inbox) {
  return change([&](session& s) {
    column numbers(type_oid::int8);
    for (const auto each : inbox)
      numbers.add(each);
    s.run("attempt_count", numbers);
  });
}

result<void> postgres_store::bury(std::uint64_t inbox, const std::string& error, time_point now) {
  return change([&](session& s) {
    // The lead first: a decision of it that is under way ends before.
    const auto lead = s.run("pending_whose", inbox).number();
    if (lead) s.run("lead_lock", *lead);
    if (!lead || s.run("pending_bury", inbox, error, now).changed() == 0)
      throw database_error(errc::not_found, "no such pending stimulus");
    s.run("lead_poison", *lead);
  });
}

result<void> postgres_store::requeue(std::uint64_t inbox) {
  return change([&](session& s) {
    if (s.run("dead_requeue", inbox).changed() == 0)
      throw database_error(errc::not_found, "no such dead letter");
  });
}

result<void> postgres_store::create_workspace(const workspace_id& ws, time_point now) {
  return change([&](session& s) {
    s.run("workspace_insert", ws, now);
    s.run("switch_create", stop_scope::global, std::string_view{}, std::string_view{}, false, std::string_view("created"), now);
    s.run("switch_create", stop_scope::workspace, ws, std::string_view{}, false, std::string_view("created"), now);
  });
}

result<std::uint64_t> postgres_store::put_policy(const workspace_id& ws, std::uint64_t expected,
                                                 const bytes& body, const audit_row& why) {
  return change([&](session& s) {
    if (s.run("workspace_lock", ws).empty()) throw database_error(errc::not_found, "no such workspace");
    if (static_cast<std::uint64_t>(s.run("policy_last", ws).number().value_or(0)) != expected)
      throw database_error(errc::conflict, "the policy has changed since it was read");
    s.run("policy_insert", ws, expected + 1, blob{body});
    insert_audit(s, why);
    return expected + 1;
  });
}

result<void> postgres_store::put_api_key(const api_key_row& row) {
  return change([&](session& s) {
    s.run("api_key_put", row.hash, row.workspace, row.as, row.name, row.created_at, row.revoked);
  });
}

result<void> postgres_store::put_kill_switch(const kill_switch_row& given) {
  return change([&](session& s) {
    const auto row = store_rules::canonical(given);
    s.run("switch_put", row.scope, row.workspace, row.name, row.engaged, row.by, row.at);
  });
}

result<void> postgres_store::create_kill_switch(const kill_switch_row& given) {
  return change([&](session& s) {
    const auto row = store_rules::canonical(given);
    s.run("switch_create", row.scope, row.workspace, row.name, row.engaged, row.by, row.at);
  });
}

result<void> postgres_store::put_meta(const std::string& name, const bytes& value) {
  return change([&](session& s) { s.run("meta_put", name, blob{value}); });
}

result<void> postgres_store::swap_meta(const std::string& name, const std::optional<bytes>& read, const bytes& value) {
  return change([&](session& s) {
    const auto done = read ? s.run("meta_swap", name, blob{*read}, blob{value}) : s.run("meta_add", name, blob{value});
    if (done.empty()) throw database_error(errc::conflict, store_rules::meta_changed(name));
  });
}

result<void> postgres_store::put_idempotent_answer(const workspace_id& ws, const std::string& key,
                                                   const bytes& request_hash, const bytes& answer,
                                                   time_point now) {
  return change([&](session& s) {
    s.run("answer_put", ws, key, blob{request_hash}, blob{answer}, now);
    // The same request twice at once is no conflict: the first answer stands for both.
    const auto kept = s.run("read_answer", ws, key);
    if (kept.empty() || kept[0].bytes(0) != request_hash)
      throw database_error(errc::conflict, "this Idempotency-Key was used for another request");
  });
}

result<void> postgres_store::add_audit(const audit_row& row) {
  return change([&](session& s) { insert_audit(s, row); });
}

}  // namespace heed::postgres
