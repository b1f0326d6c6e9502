#include <algorithm>

#include "persistence/memory/reader.hpp"

/// What the engine reads: leads, their journal, and the work that waits.
namespace heed::memory {
namespace {

number lead_number(const image& m, const lead_id& id) {
  const auto* n = m.lead_numbers.find(id);
  return n == nullptr ? 0 : *n;
}

pending_row pending_at(const image& m, number inbox, const pending_record& p) {
  const auto& in = m.inbox.at(inbox);
  return {inbox, in.workspace, m.leads.at(p.lead).row.lead, in.body, in.received_at, p.attempts};
}

}  // namespace

std::unique_ptr<store_reader> make_reader(std::shared_ptr<image> on) {
  return std::make_unique<memory_reader>(std::move(on));
}

number position_of(const page& p) {
  if (p.after.empty()) return 0;
  if (p.after.size() > 18 || p.after.find_first_not_of("0123456789") != std::string::npos)
    throw broken_rule(errc::refused, "`after` is not a position this listing gave");
  return std::stoull(p.after);
}

result<std::vector<lead_row>> memory_reader::leads(std::span<const lead_id> ids) {
  return look([&](const image& m) {
    std::vector<lead_row> out;
    for (const auto& id : ids)
      if (const auto n = lead_number(m, id); n != 0) {
        out.push_back(m.leads.at(n).row);
        if (const auto* latest = m.journal.find({n, out.back().version})) out.back().rules = latest->rules_version;
      }
    return out;
  });
}

result<std::optional<lead_row>> memory_reader::lead_by_key(const workspace_id& ws, const lead_key& key) {
  return look([&](const image& m) -> std::optional<lead_row> {
    if (key.kind == key_kind::lead) {
      const auto n = lead_number(m, lead_id(key.value));
      if (n == 0 || m.leads.at(n).row.workspace != ws) return std::nullopt;
      return m.leads.at(n).row;
    }
    const auto* holder = m.lead_keys.find({ws, key});
    if (holder == nullptr && key.kind == key_kind::email)
      holder = m.lead_keys.find({ws, {key_kind::alternate_email, key.name, key.value}});
    return holder == nullptr ? std::nullopt : std::optional(m.leads.at(*holder).row);
  });
}

result<listing<lead_row>> memory_reader::all_leads(const std::optional<workspace_id>& ws, const page& p) {
  return look([&](const image& m) {
    return page_of<lead_row>(m.leads, p, [&](number, const lead_record& l) {
      return !ws || l.row.workspace == *ws ? std::optional(l.row) : std::nullopt;
    });
  });
}

result<listing<journal_row>> memory_reader::journal(const lead_id& lead, std::uint64_t after_seq,
                                                    std::size_t limit) {
  return look([&](const image& m) {
    listing<journal_row> out;
    const auto n = lead_number(m, lead);
    for (auto it = m.journal.after({n, after_seq}); it != m.journal.end() && it->first.first == n; ++it) {
      if (out.items.size() == limit) {
        out.next = std::to_string(out.items.back().seq);
        break;
      }
      out.items.push_back(it->second);
    }
    return out;
  });
}

result<std::vector<pending_row>> memory_reader::pending(std::uint64_t after_inbox, std::size_t limit) {
  return look([&](const image& m) {
    std::vector<pending_row> out;
    for (auto it = m.pending.after(after_inbox); it != m.pending.end() && out.size() < limit; ++it)
      out.push_back(pending_at(m, it->first, it->second));
    return out;
  });
}

result<std::vector<pending_row>> memory_reader::pending_of(const lead_id& lead) {
  return look([&](const image& m) {
    std::vector<pending_row> out;
    each_of(m.pending_of, lead_number(m, lead), [&](const auto& key, const nothing&) {
      const auto inbox = std::get<1>(key);
      out.push_back(pending_at(m, inbox, m.pending.at(inbox)));
    });
    return out;
  });
}

result<std::vector<timer_row>> memory_reader::timers(time_point until, std::optional<timer_row> after,
                                                     std::size_t limit) {
  return look([&](const image& m) {
    std::vector<timer_row> out;
    // Of an unknown lead every timer of that instant comes again: better twice than never.
    auto it = after ? m.timers_due.after({after->due, lead_number(m, after->lead)}) : m.timers_due.begin();
    for (; it != m.timers_due.end() && out.size() < limit; ++it) {
      const auto& [due, lead] = it->first;
      if (due >= until) break;
      const auto& row = m.leads.at(lead).row;
      out.push_back({row.workspace, row.lead, m.timers.at(lead).generation, due});
    }
    return out;
  });
}

result<std::vector<effect_row>> memory_reader::open_effects(const std::optional<account_id>& account,
                                                            effect_state state, std::size_t limit) {
  return look([&](const image& m) {
    std::vector<effect_row> out;
    each_of(m.effects_in, state, [&](const auto& key, const nothing&) {
      const auto& row = m.effects.at(std::get<2>(key)).row;
      if (!account || row.account == *account) out.push_back(row);
    });
    if (state > effect_state::unknown)
      std::ranges::sort(out, {}, [](const effect_row& e) { return std::pair(e.planned_at, e.id); });
    if (out.size() > limit) out.resize(limit);
    return out;
  });
}

result<std::optional<effect_row>> memory_reader::effect(const effect_id& id) {
  return look([&](const image& m) {
    const auto* e = m.effects.find(id);
    return e == nullptr ? std::nullopt : std::optional(e->row);
  });
}

result<std::vector<effect_row>> memory_reader::effects_of(const lead_id& lead) {
  return look([&](const image& m) {
    std::vector<effect_row> out;
    each_of(m.effects_of, lead_number(m, lead),
            [&](const auto& key, const nothing&) { out.push_back(m.effects.at(std::get<1>(key)).row); });
    std::ranges::stable_sort(out, {}, &effect_row::planned_at);
    return out;
  });
}

result<std::optional<effect_row>> memory_reader::effect_by_provider_id(const workspace_id& ws,
                                                                       const std::string& provider_id) {
  return look([&](const image& m) -> std::optional<effect_row> {
    if (provider_id.empty()) return std::nullopt;
    const auto it = m.effects_at_provider.from({ws, provider_id, effect_id{}});
    if (it == m.effects_at_provider.end()) return std::nullopt;
    const auto& [in, id, effect] = it->first;
    if (in != ws || id != provider_id) return std::nullopt;
    return m.effects.at(effect).row;
  });
}

}  // namespace heed::memory
