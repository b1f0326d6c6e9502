#include <algorithm>

#include "actors/lead/identity/email_hash.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/memory/reader.hpp"
#include "persistence/store_rules.hpp"

/// What people and the API read: projections, configuration, operators' lists.
namespace heed::memory {
namespace {

lead_id id_of(const image& m, number lead) { return m.leads.at(lead).row.lead; }

std::string lower(std::string text) {
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool is_named(const image& m, number lead, const lead_record& l, const std::string& q) {
  if (q.empty() || l.row.lead.value == q) return true;
  bool found = false;
  each_of(m.keys_of, lead, [&](const auto& key, const nothing&) {
    if (is_hashed_email(std::get<1>(key))) return;
    found |= lower(std::get<1>(key).value).find(lower(q)) != std::string::npos;
  });
  return found;
}

bool has_status(const image& m, number lead, const lead_record& l, const std::string& status) {
  if (status.empty()) return true;
  if (status == "handed_off" && l.handed_off) return true;
  if (status == "poisoned" && l.row.poisoned) return true;
  if (status == "suppressed" && l.suppressed) return true;
  const auto wanted = parse_run_status(status);
  bool found = false;
  each_of(m.runs, lead, [&](const auto&, const run_record& r) { found |= wanted && r.row.status == *wanted; });
  return found;
}

dead_letter with_kind(const image& m, const dead_record& d) {
  auto letter = d.letter;
  if (!letter.effect.empty()) {
    if (const auto* e = m.effects.find(effect_id(letter.effect))) letter.kind = e->row.kind;
    return letter;
  }
  const auto s = codec::decode_stimulus(m.inbox.at(letter.inbox).body);
  letter.kind = s ? std::string(kind_name(s->body)) : "unreadable";
  return letter;
}

/// A place in the suppression list, whose rows have no number: `hash.scope.lead`.
std::tuple<workspace_id, std::string, std::string, number> list_position(const workspace_id& ws, const page& p) {
  if (p.after.empty()) return {ws, "", "", 0};
  const auto scope = p.after.find('.');
  const auto lead = p.after.rfind('.');
  if (scope == std::string::npos || scope == lead)
    throw broken_rule(errc::refused, "`after` is not a position this listing gave");
  return {ws, p.after.substr(0, scope), p.after.substr(scope + 1, lead - scope - 1),
          position_of({p.limit, p.after.substr(lead + 1)})};
}

template <class T, class Table>
std::vector<T> all_rows(const Table& t) {
  std::vector<T> out;
  for (const auto& [key, row] : t)
    out.push_back(row);
  return out;
}

}  // namespace

result<listing<lead_row>> memory_reader::find_leads(const workspace_id& ws, const lead_filter& f, const page& p) {
  return look([&](const image& m) {
    if (!f.status.empty() && !parse_run_status(f.status) && f.status != "handed_off" && f.status != "poisoned")
      throw broken_rule(errc::refused,
                        "`status` is none of pending, running, paused, suppressed, failed, done, handed_off, "
                        "poisoned");
    return page_of<lead_row>(m.leads, p, [&](number n, const lead_record& l) -> std::optional<lead_row> {
      if (l.row.workspace != ws || !is_named(m, n, l, f.q) || !has_status(m, n, l, f.status)) return std::nullopt;
      return l.row;
    });
  });
}

result<listing<stored_run>> memory_reader::runs(const workspace_id& ws, const run_filter& f, const page& p) {
  return look([&](const image& m) {
    return page_of<stored_run>(m.run_order, p, [&](number, const auto& at) -> std::optional<stored_run> {
      const auto& r = m.runs.at(at);
      if (r.workspace != ws || (f.status && r.row.status != *f.status)) return std::nullopt;
      if (!f.campaign.empty() && r.row.campaign.value != f.campaign) return std::nullopt;
      const auto lead = id_of(m, at.first);
      if (!f.lead.empty() && lead.value != f.lead) return std::nullopt;
      return stored_run{ws, lead, r.row};
    });
  });
}

result<std::map<run_status, std::uint64_t>> memory_reader::run_counts(const workspace_id& ws,
                                                                      const std::string& campaign) {
  return look([&](const image& m) {
    std::map<run_status, std::uint64_t> out;
    for (const auto& [at, r] : m.runs)
      if (r.workspace == ws && (campaign.empty() || r.row.campaign.value == campaign)) ++out[r.row.status];
    return out;
  });
}

result<std::vector<history_row>> memory_reader::history(const lead_id& lead, const campaign_id& campaign) {
  return look([&](const image& m) {
    std::vector<history_row> out;
    const auto* n = m.lead_numbers.find(lead);
    if (n == nullptr) return out;
    each_of(m.history, *n, [&](const auto&, const history_row& h) {
      if (campaign.empty() || h.campaign == campaign) out.push_back(h);
    });
    return out;
  });
}

result<listing<stored_action>> memory_reader::audience_actions(const workspace_id& ws, const std::string& lead,
                                                               const std::string& campaign, const page& p) {
  return look([&](const image& m) {
    return page_of<stored_action>(m.actions, p, [&](number, const action_record& a) -> std::optional<stored_action> {
      const auto id = id_of(m, a.lead);
      if (a.workspace != ws || (!lead.empty() && id.value != lead)) return std::nullopt;
      if (!campaign.empty() && a.row.campaign.value != campaign) return std::nullopt;
      return stored_action{ws, id, a.row};
    });
  });
}

result<listing<stored_restraint>> memory_reader::restraints(const workspace_id& ws, const restraint_filter& f,
                                                            const page& p) {
  return look([&](const image& m) {
    using store_rules::restraint_place;
    const auto after = store_rules::parse_restraint_place(p.after);
    if (!after) throw broken_rule(errc::refused, "`after` is not a position this listing gave");
    std::map<restraint_place, stored_restraint, std::greater<>> found;
    using kind = restraint_filter::kind;
    const auto add = [&](kind what, std::int64_t source, number n, stored_restraint row) {
      if (f.what != kind::any && f.what != what) return;
      const restraint_place at{row.at.time_since_epoch().count(), source, static_cast<std::int64_t>(n)};
      if (at < *after && (f.campaign.empty() || row.campaign.value == f.campaign)) found.emplace(at, std::move(row));
    };
    for (const auto& [n, a] : m.actions)
      if (a.workspace == ws)
        add(kind::run_ended, 0, n, {id_of(m, a.lead), a.row.campaign, a.row.type, {}, {}, {}, a.row.decision_id, a.row.score, a.row.threshold, a.row.at});
    for (const auto& [key, h] : m.history) {
      if (m.leads.at(key.first).row.workspace != ws) continue;
      if (h.outcome != step_outcome::skipped && h.outcome != step_outcome::blocked) continue;
      add(h.outcome == step_outcome::skipped ? kind::skipped : kind::blocked, 1, key.second, {id_of(m, key.first), h.campaign, std::string(to_string(h.outcome)), h.detail, h.step_name, h.on, {}, 0, 0, h.at});
    }
    listing<stored_restraint> out;
    std::string last;
    for (auto& [at, row] : found) {
      if (out.items.size() == p.limit) {
        out.next = std::move(last);
        break;
      }
      out.items.push_back(std::move(row));
      last = to_string(at);
    }
    return out;
  });
}

result<std::vector<message_row>> memory_reader::messages(const lead_id& lead, std::size_t limit) {
  return look([&](const image& m) {
    std::vector<message_row> out;
    const auto* n = m.lead_numbers.find(lead);
    if (n == nullptr) return out;
    each_of(m.messages, *n, [&](const auto&, const message_row& row) { out.push_back(row); });
    // The newest ones, oldest first.
    if (out.size() > limit) out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(limit));
    return out;
  });
}

result<std::vector<report_count>> memory_reader::report(const workspace_id& ws, const std::string& campaign,
                                                        time_point from, time_point to) {
  return look([&](const image& m) {
    std::map<std::pair<std::string, std::string>, std::uint64_t> sums;
    for (const auto& [n, r] : m.report)
      if (r.workspace == ws && (campaign.empty() || r.row.campaign.value == campaign) && r.row.at >= from &&
          r.row.at < to)
        ++sums[{r.row.what, r.row.reason}];
    std::vector<report_count> out;
    for (const auto& [what, count] : sums)
      out.push_back({what.first, what.second, count});
    return out;
  });
}

result<listing<dead_letter>> memory_reader::dead_letters(const std::optional<workspace_id>& ws, const page& p) {
  return look([&](const image& m) {
    return page_of<dead_letter>(m.dead, p, [&](number, const dead_record& d) {
      return !ws || d.letter.workspace == *ws ? std::optional(with_kind(m, d)) : std::nullopt;
    });
  });
}

result<listing<sandbox_message>> memory_reader::sandbox(const workspace_id& ws, const std::string& lead,
                                                        const page& p) {
  return look([&](const image& m) {
    return page_of<sandbox_message>(m.sandbox, p, [&](number, const sandbox_message& s) {
      return s.workspace == ws && (lead.empty() || s.lead.value == lead) ? std::optional(s) : std::nullopt;
    });
  });
}

result<std::vector<workspace_id>> memory_reader::workspaces() {
  return look([](const image& m) {
    std::vector<workspace_id> out;
    for (const auto& [ws, created] : m.workspaces)
      out.push_back(ws);
    return out;
  });
}

result<std::pair<std::uint64_t, bytes>> memory_reader::latest_policy(const workspace_id& ws) {
  return look([&](const image& m) {
    std::pair<std::uint64_t, bytes> last{0, {}};
    each_of(m.policies, ws, [&](const auto& key, const bytes& body) { last = {key.second, body}; });
    if (last.first == 0) throw broken_rule(errc::not_found, "the workspace has no policy");
    return last;
  });
}

result<bytes> memory_reader::policy_revision(const workspace_id& ws, std::uint64_t revision) {
  return look([&](const image& m) {
    const auto* body = m.policies.find({ws, revision});
    if (body == nullptr) throw broken_rule(errc::not_found, "no such policy revision");
    return *body;
  });
}

result<std::vector<api_key_row>> memory_reader::api_keys() {
  return look([](const image& m) {
    auto out = all_rows<api_key_row>(m.api_keys);
    std::ranges::stable_sort(out, {}, &api_key_row::created_at);
    return out;
  });
}

result<std::vector<kill_switch_row>> memory_reader::kill_switches() {
  return look([](const image& m) { return all_rows<kill_switch_row>(m.switches); });
}

result<std::vector<audit_row>> memory_reader::audit(const workspace_id& ws, std::size_t limit) {
  return look([&](const image& m) {
    std::vector<audit_row> out;
    for (auto it = m.audit.rbegin(); it != m.audit.rend() && out.size() < limit; ++it)
      if (it->second.workspace == ws) out.push_back(it->second);
    return out;
  });
}

result<std::optional<bytes>> memory_reader::meta(const std::string& name) {
  return look([&](const image& m) {
    const auto* value = m.meta.find(name);
    return value == nullptr ? std::nullopt : std::optional(*value);
  });
}

result<std::optional<std::pair<bytes, bytes>>> memory_reader::idempotent_answer(const workspace_id& ws,
                                                                                const std::string& key) {
  return look([&](const image& m) -> std::optional<std::pair<bytes, bytes>> {
    const auto* a = m.answers.find({ws, key});
    if (a == nullptr) return std::nullopt;
    return std::pair(a->request_hash, a->answer);
  });
}

result<store_counts> memory_reader::counts() {
  return look([](const image& m) {
    const auto in = [&](effect_state s) {
      std::uint64_t n = 0;
      each_of(m.effects_in, s, [&](const auto&, const nothing&) { ++n; });
      return n;
    };
    return store_counts{m.leads.size(),           m.pending.size(),
                        m.dead.size(),            m.timers.size(),
                        in(effect_state::planned), in(effect_state::in_flight),
                        in(effect_state::unknown)};
  });
}

result<listing<suppression_row>> memory_reader::suppressions(const workspace_id& ws, const page& p) {
  return look([&](const image& m) {
    listing<suppression_row> out;
    std::string last;
    for (auto it = m.suppressions.after(list_position(ws, p)); it != m.suppressions.end(); ++it) {
      const auto& [in, hash, scope, lead] = it->first;
      if (in != ws) break;
      if (out.items.size() == p.limit) {
        out.next = last;
        break;
      }
      out.items.push_back(it->second);
      last = hash + "." + scope + "." + std::to_string(lead);
    }
    return out;
  });
}

result<std::vector<suppression_row>> memory_reader::suppressions_of(const workspace_id& ws,
                                                                    const std::string& hash) {
  return look([&](const image& m) {
    std::vector<suppression_row> out;
    for (auto it = m.suppressions.from({ws, hash, "", 0}); it != m.suppressions.end(); ++it) {
      if (std::get<0>(it->first) != ws || std::get<1>(it->first) != hash) break;
      out.push_back(it->second);
    }
    return out;
  });
}

result<listing<stored_draft>> memory_reader::drafts(const workspace_id& ws, std::optional<draft::draft_status> status,
                                                    const page& p) {
  return look([&](const image& m) {
    return page_back<stored_draft>(m.drafts, p, [&](number, const draft_record& d) -> std::optional<stored_draft> {
      if (d.workspace != ws || (status && d.row.status != *status)) return std::nullopt;
      return stored_draft{ws, id_of(m, d.lead), d.row};
    });
  });
}

result<listing<stored_handoff>> memory_reader::handoffs(const workspace_id& ws, bool only_open, const page& p) {
  return look([&](const image& m) {
    return page_back<stored_handoff>(m.handoffs, p, [&](number, const handoff_record& h) -> std::optional<stored_handoff> {
      if (h.workspace != ws || (only_open && (h.row.ended_at || h.row.acknowledged_at))) return std::nullopt;
      return stored_handoff{ws, id_of(m, h.lead), h.row};
    });
  });
}

result<listing<ignored_row>> memory_reader::ignored(const workspace_id& ws, const page& p) {
  return look([&](const image& m) {
    return page_back<ignored_row>(m.ignored, p, [&](number, const ignored_row& r) {
      return r.workspace == ws ? std::optional(r) : std::nullopt;
    });
  });
}

result<listing<alert_row>> memory_reader::alerts(const workspace_id& ws, const page& p) {
  return look([&](const image& m) {
    return page_back<alert_row>(m.alerts, p, [&](number, const alert_row& r) {
      return r.workspace == ws ? std::optional(r) : std::nullopt;
    });
  });
}

result<std::vector<notification_row>> memory_reader::due_notifications(time_point until, std::size_t limit) {
  return look([&](const image& m) {
    std::vector<notification_row> out;
    for (const auto& [n, r] : m.notifications)
      if (r.row.next_at && *r.row.next_at <= until) out.push_back(r.row);
    std::ranges::stable_sort(out, {}, &notification_row::next_at);
    if (out.size() > limit) out.resize(limit);
    return out;
  });
}

result<std::vector<account_config_row>> memory_reader::account_configs() {
  return look([](const image& m) { return all_rows<account_config_row>(m.account_configs); });
}

result<send_window> memory_reader::sends_of(const workspace_id& ws, const campaign_id& campaign, time_point since,
                                            std::size_t most) {
  return look([&](const image& m) {
    std::vector<std::pair<time_point, number>> sends;
    for (const auto& [n, r] : m.results)
      if (r.workspace == ws && r.campaign == campaign && r.at > since) sends.emplace_back(r.at, n);
    std::ranges::sort(sends, std::greater{});
    if (sends.size() > most) sends.resize(most);
    send_window out;
    for (const auto& [at, n] : sends) {
      ++out.sends;
      out.hard_bounces += m.results.at(n).hard_bounced ? 1 : 0;
      out.complaints += m.results.at(n).complained ? 1 : 0;
    }
    return out;
  });
}

result<std::vector<arrival_row>> memory_reader::arrivals_of(const workspace_id& ws, const account_id& account,
                                                            time_point since, std::size_t most) {
  return look([&](const image& m) {
    std::vector<std::pair<time_point, number>> sends;
    for (const auto& [n, r] : m.results)
      if (r.workspace == ws && r.account == account && r.handed_over && *r.handed_over > since)
        sends.emplace_back(*r.handed_over, n);
    std::ranges::sort(sends, std::greater{});
    if (sends.size() > most) sends.resize(most);
    std::vector<arrival_row> out;
    for (const auto& [at, n] : sends) {
      const auto& r = m.results.at(n);
      out.push_back({r.effect, r.domain, at, r.delivered_at});
    }
    return out;
  });
}

result<std::optional<send_usage_row>> memory_reader::usage(const workspace_id& ws, const account_id& account) {
  return look([&](const image& m) {
    const auto* u = m.usage.find({ws, account});
    return u == nullptr ? std::nullopt : std::optional(*u);
  });
}

result<std::vector<std::string>> memory_reader::audit_invariants() {
  return look([](const image& m) { return memory::audit(m); });
}

}  // namespace heed::memory
