#include "persistence/codec/codec.hpp"
#include "persistence/sqlite/reader.hpp"
#include "persistence/store_rules.hpp"

/// What people and the API read: projections, configuration, operators' lists.
namespace heed::sqlite {
namespace {

using cursor = statement::cursor;

stored_run read_run(const cursor& r) {
  stored_run s;
  s.workspace = r.named<workspace_id>(0);
  s.lead = r.named<lead_id>(1);
  s.run.campaign = r.named<campaign_id>(2);
  s.run.status = r.as<run_status>(3);
  s.run.reason = r.text(4);
  s.run.cursor = static_cast<std::uint32_t>(r.integer(5));
  s.run.next_at = r.maybe_instant(6);
  s.run.landing_page = r.text(7);
  s.run.waiting_at = r.text(8);
  s.run.started_at = r.instant(9);
  return s;
}

stored_action read_action(const cursor& r) {
  return {r.named<workspace_id>(0),
          r.named<lead_id>(1),
          {r.text(2), r.named<campaign_id>(3), r.text(4), static_cast<std::int32_t>(r.integer(5)),
           static_cast<std::int32_t>(r.integer(6)), r.instant(7)}};
}

stored_restraint read_restraint(const cursor& r) {
  stored_restraint s;
  s.lead = r.named<lead_id>(0);
  s.campaign = r.named<campaign_id>(1);
  s.what = r.text(2);
  s.reason = r.text(3);
  s.step = r.named<step_id>(4);
  if (!r.null(5)) s.on = r.as<channel>(5);
  s.decision_id = r.text(6);
  s.score = static_cast<std::int32_t>(r.integer(7));
  s.threshold = static_cast<std::int32_t>(r.integer(8));
  s.at = r.instant(9);
  return s;
}

dead_letter read_dead(const cursor& r) {
  dead_letter d;
  d.inbox = r.count(1);
  d.effect = r.text(2);
  d.workspace = r.named<workspace_id>(3);
  d.lead = r.named<lead_id>(4);
  d.error = r.text(5);
  d.attempts = static_cast<std::uint32_t>(r.integer(6));
  d.died_at = r.instant(7);
  d.received_at = r.instant(8);
  d.kind = r.text(10);
  if (!r.null(9)) {
    const auto s = codec::decode_stimulus(r.text(9));
    d.kind = s ? std::string(kind_name(s->body)) : "unreadable";
  }
  return d;
}

sandbox_message read_mail(const cursor& r) {
  sandbox_message m;
  m.number = r.count(0);
  m.workspace = r.named<workspace_id>(1);
  m.lead = r.named<lead_id>(2);
  m.effect = r.named<effect_id>(3);
  m.on = r.as<channel>(4);
  m.from = r.text(5);
  m.to = r.text(6);
  m.subject = r.text(7);
  m.body = r.text(8);
  m.message_id = r.text(9);
  m.in_reply_to = r.text(10);
  m.at = r.instant(11);
  return m;
}

}  // namespace

result<listing<stored_run>> sqlite_reader::runs(const workspace_id& ws, const run_filter& f, const page& p) {
  return guarded([&] {
    // One statement a filter: a condition that may be absent keeps SQLite from using the index it has.
    auto rows =
        !f.lead.empty()
            ? db_["read_runs_of_lead"].query(ws, position_of(p), f.status, f.campaign, f.lead, p.limit + 1)
        : f.status ? db_["read_runs_by_status"].query(ws, position_of(p), f.status, f.campaign, p.limit + 1)
                   : db_["read_runs"].query(ws, position_of(p), f.campaign, p.limit + 1);
    return read_page<stored_run>(rows, p, 10, read_run);
  });
}

result<std::map<run_status, std::uint64_t>> sqlite_reader::run_counts(const workspace_id& ws,
                                                                      const std::string& campaign) {
  return guarded([&] {
    std::map<run_status, std::uint64_t> out;
    for (auto rows = db_["read_run_counts"].query(ws, campaign); rows.next();)
      out[rows.as<run_status>(0)] = rows.count(1);
    return out;
  });
}

result<std::vector<history_row>> sqlite_reader::history(const lead_id& lead, const campaign_id& campaign) {
  return guarded([&] {
    auto rows = db_["read_history"].query(lead, campaign);
    return all_of(rows, [](const cursor& r) {
      return history_row{r.named<campaign_id>(0),
                         static_cast<std::uint32_t>(r.integer(1)),
                         r.named<step_id>(2),
                         r.as<channel>(3),
                         r.as<step_outcome>(4),
                         r.text(5),
                         r.instant(6)};
    });
  });
}

result<listing<stored_action>> sqlite_reader::audience_actions(const workspace_id& ws,
                                                               const std::string& lead,
                                                               const std::string& campaign, const page& p) {
  return guarded([&] {
    auto rows = db_["read_actions"].query(ws, position_of(p), lead, campaign, p.limit + 1);
    return read_page<stored_action>(rows, p, 8, read_action);
  });
}

result<listing<stored_restraint>> sqlite_reader::restraints(const workspace_id& ws, const restraint_filter& f,
                                                            const page& p) {
  return guarded([&] {
    const auto after = store_rules::parse_restraint_place(p.after);
    if (!after) throw database_error(errc::refused, "`after` is not a position this listing gave");
    auto rows = db_["read_restraints"].query(ws, f.campaign, after->at, after->source, after->number, p.limit + 1, f.what);
    const auto place = [](const cursor& r) {
      return to_string(store_rules::restraint_place{r.integer(9), r.integer(10), r.integer(11)});
    };
    return read_page_by<stored_restraint>(rows, p, place, read_restraint);
  });
}

result<std::vector<message_row>> sqlite_reader::messages(const lead_id& lead, std::size_t limit) {
  return guarded([&] {
    auto rows = db_["read_messages"].query(lead, limit);
    return all_of(rows, [](const cursor& r) {
      return message_row{r.flag(0), r.as<channel>(1), r.text(2), r.text(3), r.text(4), r.instant(5)};
    });
  });
}

result<std::vector<report_count>> sqlite_reader::report(const workspace_id& ws, const std::string& campaign,
                                                        time_point from, time_point to) {
  return guarded([&] {
    auto rows = db_["read_report"].query(ws, campaign, from, to);
    return all_of(rows, [](const cursor& r) { return report_count{r.text(0), r.text(1), r.count(2)}; });
  });
}

result<listing<dead_letter>> sqlite_reader::dead_letters(const std::optional<workspace_id>& ws,
                                                         const page& p) {
  return guarded([&] {
    auto rows = db_["read_dead"].query(position_of(p), ws, p.limit + 1);
    return read_page<dead_letter>(rows, p, 0, read_dead);
  });
}

result<listing<sandbox_message>> sqlite_reader::sandbox(const workspace_id& ws, const std::string& lead,
                                                        const page& p) {
  return guarded([&] {
    auto rows = db_["read_sandbox"].query(position_of(p), ws, lead, p.limit + 1);
    return read_page<sandbox_message>(rows, p, 0, read_mail);
  });
}

result<std::vector<workspace_id>> sqlite_reader::workspaces() {
  return guarded([&] {
    auto rows = db_["read_workspaces"].query();
    return all_of(rows, [](const cursor& r) { return r.named<workspace_id>(0); });
  });
}

result<std::pair<std::uint64_t, bytes>> sqlite_reader::latest_policy(const workspace_id& ws) {
  return guarded([&] {
    auto rows = db_["read_policy_last"].query(ws);
    if (!rows.next()) throw database_error(errc::not_found, "the workspace has no policy");
    return std::pair(rows.count(0), rows.text(1));
  });
}

result<bytes> sqlite_reader::policy_revision(const workspace_id& ws, std::uint64_t revision) {
  return guarded([&] {
    auto rows = db_["read_policy"].query(ws, revision);
    if (!rows.next()) throw database_error(errc::not_found, "no such policy revision");
    return rows.text(0);
  });
}

result<std::vector<api_key_row>> sqlite_reader::api_keys() {
  return guarded([&] {
    auto rows = db_["read_api_keys"].query();
    return all_of(rows, [](const cursor& r) {
      return api_key_row{r.text(0), r.named<workspace_id>(1), r.as<role>(2), r.text(3), r.instant(4),
                         r.flag(5)};
    });
  });
}

result<std::vector<kill_switch_row>> sqlite_reader::kill_switches() {
  return guarded([&] {
    auto rows = db_["read_kill_switches"].query();
    return all_of(rows, [](const cursor& r) {
      return kill_switch_row{
          r.named<workspace_id>(0), r.as<stop_scope>(1), r.text(2), r.flag(3), r.text(4), r.instant(5)};
    });
  });
}

result<std::vector<audit_row>> sqlite_reader::audit(const workspace_id& ws, std::size_t limit) {
  return guarded([&] {
    auto rows = db_["read_audit"].query(ws, limit);
    return all_of(rows, [](const cursor& r) {
      return audit_row{r.named<workspace_id>(0), r.text(1), r.text(2), r.text(3), r.instant(4)};
    });
  });
}

result<std::optional<bytes>> sqlite_reader::meta(const std::string& name) {
  return guarded([&] {
    auto rows = db_["read_meta"].query(name);
    return rows.next() ? std::optional(rows.text(0)) : std::nullopt;
  });
}

result<std::optional<std::pair<bytes, bytes>>> sqlite_reader::idempotent_answer(const workspace_id& ws,
                                                                                const std::string& key) {
  return guarded([&] {
    auto rows = db_["read_answer"].query(ws, key);
    return rows.next() ? std::optional(std::pair(rows.text(0), rows.text(1))) : std::nullopt;
  });
}

result<store_counts> sqlite_reader::counts() {
  return guarded([&] {
    auto r = db_["read_counts"].query();
    if (!r.next()) throw database_error(errc::fatal, "counts gave no row");
    return store_counts{r.count(0), r.count(1), r.count(2), r.count(3), r.count(4), r.count(5), r.count(6)};
  });
}

result<std::vector<std::string>> sqlite_reader::audit_invariants() {
  return guarded([&] {
    static constexpr const char* audits[] = {
        "audit_seq_gaps",    "audit_versions",     "audit_orphans",         "audit_inbox_keys",
        "audit_decided",     "audit_inbox_bodies", "audit_inbox_leftovers", "audit_effect_plans",
        "audit_effect_keys", "audit_effect_twice", "audit_effect_attempts", "audit_effect_accepted_twice",
        "audit_timers"};
    transaction snapshot(db_, transaction::kind::deferred);
    std::vector<std::string> violations;
    for (const auto* name : audits)
      for (auto rows = db_[name].query(); rows.next();)
        violations.push_back(rows.text(0));
    return violations;
  });
}

}  // namespace heed::sqlite
