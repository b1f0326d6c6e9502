#include "actors/lead/check.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/postgres/reader.hpp"
#include "persistence/store_rules.hpp"

/// What people and the API read: projections, configuration, operators' lists.
namespace heed::postgres {
namespace {

stored_run read_run(const row_view& r) {
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

stored_action read_action(const row_view& r) {
  return {r.named<workspace_id>(0),
          r.named<lead_id>(1),
          {r.text(2), r.named<campaign_id>(3), r.text(4), static_cast<std::int32_t>(r.integer(5)),
           static_cast<std::int32_t>(r.integer(6)), r.instant(7)}};
}

stored_restraint read_restraint(const row_view& r) {
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

dead_letter read_dead(const row_view& r) {
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
    const auto s = codec::decode_stimulus(r.bytes(9));
    d.kind = s ? std::string(kind_name(s->body)) : "unreadable";
  }
  return d;
}

sandbox_message read_mail(const row_view& r) {
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

result<listing<stored_run>> postgres_reader::runs(const workspace_id& ws, const run_filter& f,
                                                  const page& p) {
  return reading([&](session& s) {
    // One statement a filter: a condition that may be absent keeps the planner from the index it has.
    const auto rows =
        !f.lead.empty()
            ? s.run("read_runs_of_lead", ws, position_of(p), f.status, f.campaign, f.lead, p.limit + 1)
        : f.status ? s.run("read_runs_by_status", ws, position_of(p), f.status, f.campaign, p.limit + 1)
                   : s.run("read_runs", ws, position_of(p), f.campaign, p.limit + 1);
    return read_page<stored_run>(rows, p, 10, read_run);
  });
}

result<std::map<run_status, std::uint64_t>> postgres_reader::run_counts(const workspace_id& ws,
                                                                        const std::string& campaign) {
  return reading([&](session& s) {
    std::map<run_status, std::uint64_t> out;
    s.run("read_run_counts", ws, campaign).each([&](const row_view& r) {
      out[r.as<run_status>(0)] = r.count(1);
    });
    return out;
  });
}

result<std::vector<history_row>> postgres_reader::history(const lead_id& lead, const campaign_id& campaign) {
  return reading([&](session& s) {
    return s.run("read_history", lead, campaign).all_as([](const row_view& r) {
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

result<listing<stored_action>> postgres_reader::audience_actions(const workspace_id& ws,
                                                                 const std::string& lead,
                                                                 const std::string& campaign, const page& p) {
  return reading([&](session& s) {
    const auto rows = s.run("read_actions", ws, position_of(p), lead, campaign, p.limit + 1);
    return read_page<stored_action>(rows, p, 8, read_action);
  });
}

result<listing<stored_restraint>> postgres_reader::restraints(const workspace_id& ws, const restraint_filter& f,
                                                              const page& p) {
  return reading([&](session& s) {
    const auto after = store_rules::parse_restraint_place(p.after);
    if (!after) throw database_error(errc::refused, "`after` is not a position this listing gave");
    const auto rows = s.run("read_restraints", ws, f.campaign, after->at, after->source, after->number, p.limit + 1, f.what);
    const auto place = [](const row_view& r) {
      return to_string(store_rules::restraint_place{r.integer(9), r.integer(10), r.integer(11)});
    };
    return read_page_by<stored_restraint>(rows, p, place, read_restraint);
  });
}

result<std::vector<message_row>> postgres_reader::messages(const lead_id& lead, std::size_t limit) {
  return reading([&](session& s) {
    return s.run("read_messages", lead, limit).all_as([](const row_view& r) {
      return message_row{r.flag(0), r.as<channel>(1), r.text(2), r.text(3), r.bytes(4), r.instant(5)};
    });
  });
}

result<std::vector<report_count>> postgres_reader::report(const workspace_id& ws, const std::string& campaign,
                                                          time_point from, time_point to) {
  return reading([&](session& s) {
    return s.run("read_report", ws, campaign, from, to).all_as([](const row_view& r) {
      return report_count{r.text(0), r.text(1), r.count(2)};
    });
  });
}

result<listing<dead_letter>> postgres_reader::dead_letters(const std::optional<workspace_id>& ws,
                                                           const page& p) {
  return reading([&](session& s) {
    const auto rows = s.run("read_dead", position_of(p), ws, p.limit + 1);
    return read_page<dead_letter>(rows, p, 0, read_dead);
  });
}

result<listing<sandbox_message>> postgres_reader::sandbox(const workspace_id& ws, const std::string& lead,
                                                          const page& p) {
  return reading([&](session& s) {
    const auto rows = s.run("read_sandbox", position_of(p), ws, lead, p.limit + 1);
    return read_page<sandbox_message>(rows, p, 0, read_mail);
  });
}

result<std::vector<workspace_id>> postgres_reader::workspaces() {
  return reading([&](session& s) {
    return s.run("read_workspaces").all_as([](const row_view& r) { return r.named<workspace_id>(0); });
  });
}

result<std::pair<std::uint64_t, bytes>> postgres_reader::latest_policy(const workspace_id& ws) {
  return reading([&](session& s) {
    const auto rows = s.run("read_policy_last", ws);
    if (rows.empty()) throw database_error(errc::not_found, "the workspace has no policy");
    return std::pair(rows[0].count(0), rows[0].bytes(1));
  });
}

result<bytes> postgres_reader::policy_revision(const workspace_id& ws, std::uint64_t revision) {
  return reading([&](session& s) {
    const auto rows = s.run("read_policy", ws, revision);
    if (rows.empty()) throw database_error(errc::not_found, "no such policy revision");
    return rows[0].bytes(0);
  });
}

result<std::vector<api_key_row>> postgres_reader::api_keys() {
  return reading([&](session& s) {
    return s.run("read_api_keys").all_as([](const row_view& r) {
      return api_key_row{r.text(0), r.named<workspace_id>(1), r.as<role>(2), r.text(3), r.instant(4),
                         r.flag(5)};
    });
  });
}

result<std::vector<kill_switch_row>> postgres_reader::kill_switches() {
  return reading([&](session& s) {
    return s.run("read_kill_switches").all_as([](const row_view& r) {
      return kill_switch_row{
          r.named<workspace_id>(0), r.as<stop_scope>(1), r.text(2), r.flag(3), r.text(4), r.instant(5)};
    });
  });
}

result<std::vector<audit_row>> postgres_reader::audit(const workspace_id& ws, std::size_t limit) {
  return reading([&](session& s) {
    return s.run("read_audit", ws, limit).all_as([](const row_view& r) {
      return audit_row{r.named<workspace_id>(0), r.text(1), r.text(2), r.text(3), r.instant(4)};
    });
  });
}

result<std::optional<bytes>> postgres_reader::meta(const std::string& name) {
  return reading([&](session& s) {
    const auto rows = s.run("read_meta", name);
    return !rows.empty() ? std::optional(rows[0].bytes(0)) : std::nullopt;
  });
}

result<std::optional<std::pair<bytes, bytes>>> postgres_reader::idempotent_answer(const workspace_id& ws,
                                                                                  const std::string& key) {
  return reading([&](session& s) {
    const auto rows = s.run("read_answer", ws, key);
    return !rows.empty() ? std::optional(std::pair(rows[0].bytes(0), rows[0].bytes(1))) : std::nullopt;
  });
}

result<store_counts> postgres_reader::counts() {
  return reading([&](session& s) {
    const auto rows = s.run("read_counts");
    CHECK(rows.size() == 1);
    const auto r = rows[0];
    return store_counts{r.count(0), r.count(1), r.count(2), r.count(3), r.count(4), r.count(5), r.count(6)};
  });
}

result<std::vector<std::string>> postgres_reader::audit_invariants() {
  return reading([&](session& s) {
    static constexpr const char* audits[] = {
        "audit_seq_gaps",    "audit_versions",     "audit_orphans",         "audit_inbox_keys",
        "audit_decided",     "audit_inbox_bodies", "audit_inbox_leftovers", "audit_effect_plans",
        "audit_effect_keys", "audit_effect_twice", "audit_effect_attempts", "audit_effect_accepted_twice",
        "audit_timers"};
    transaction snapshot(s, transaction::kind::snapshot);
    s.execute("set local statement_timeout = 0");
    std::vector<std::string> violations;
    for (const auto* name : audits)
      s.run(name).each([&](const row_view& r) { violations.push_back(r.text(0)); });
    return violations;
  });
}

}  // namespace heed::postgres
