#include "runtime/commands/timing_state.hpp"

#include <sodium.h>

#include <chrono>
#include <fstream>
#include <istream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "actors/lead/identity/email_hash.hpp"
#include "actors/lead/timing/population_json.hpp"
#include "actors/provider/stored_arrivals.hpp"
#include "actors/workspace/policy_json.hpp"
#include "persistence/codec/codec.hpp"
#include "runtime/learned_priors.hpp"

namespace heed::commands {
namespace {

using nlohmann::json;

constexpr int format = 1;
constexpr auto arrivals_of = std::chrono::days(28);
constexpr std::size_t arrivals_most = 20'000;
constexpr std::size_t lead_page = 500;
constexpr std::size_t accept_batch = 200;

std::string to_hex(std::string_view data) {
  std::string out(2 * data.size() + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), reinterpret_cast<const unsigned char*>(data.data()), data.size());
  out.pop_back();
  return out;
}

/// None when a character is no hexadecimal digit, or one is missing.
std::optional<std::string> from_hex(std::string_view text) {
  std::string out(text.size() / 2, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_hex2bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), nullptr, &size, &end) != 0 ||
      end != text.data() + text.size())
    return std::nullopt;
  return out;
}

/// By the hash of the address; who has none by what else they are known by, and at last by the lead's own id.
json names_of(const lead_state& s) {
  auto out = json::array();
  const auto add = [&](const lead_key& k) { out.push_back({{"kind", to_string(k.kind)}, {"name", k.name}, {"value", k.value}}); };
  for (const auto& k : s.keys)
    if (k.kind == key_kind::email || k.kind == key_kind::alternate_email) add(hashed_email(k));
  if (out.empty())
    for (const auto& k : s.keys) add(k);
  if (out.empty()) add({key_kind::lead, {}, s.id.value});
  return out;
}

result<void> export_people(store_reader& r, const workspace_id& ws, std::ostream& out) {
  page p{lead_page, {}};
  do {
    auto rows = r.all_leads(ws, p);
    if (!rows) return tl::unexpected<store_error>(std::move(rows.error()));
    for (const auto& row : rows->items) {
      if (row.snapshot.empty()) continue;
      const auto state = codec::decode_lead_state(row.snapshot);
      if (!state) return tl::unexpected<store_error>(state.error());
      if (state->engagements.size() > 0)
        out << json{{"person", names_of(*state)}, {"evidence", to_hex(state->engagements.bytes())}}.dump() << "\n";
    }
    p.after = rows->next;
  } while (!p.after.empty());
  return {};
}

struct person {
  std::vector<lead_key> keys;
  timing::evidence known;
};
/// The whole file, understood.
struct learned_state {
  std::optional<timing::population> priors;
  std::uint64_t engagements = 0;
  std::vector<std::pair<account_id, std::vector<arrival_row>>> arrivals;
  std::vector<person> people;
};

tl::unexpected<store_error> wrong(std::size_t line, const std::string& what) {
  return fail(errc::refused, "line " + std::to_string(line) + ": " + what);
}

result<void> read_head(const json& j, learned_state& out) {
  if (!j.is_object() || j.value("heed_timing_state", 0) != format)
    return wrong(1, "`heed_timing_state` is not " + std::to_string(format) + "; send a file of `heed timing export`");
  out.engagements = j.value("engagements", std::uint64_t{0});
  if (const auto p = j.find("priors"); p != j.end() && !p->is_null()) {
    out.priors = timing::population_from(*p);
    if (!out.priors) return wrong(1, "`priors` are none that people can teach");
  }
  return {};
}

result<person> read_person(const json& j, std::size_t line) try {
  person p;
  for (const auto& k : j.at("person")) {
    const auto kind = parse_key_kind(k.at("kind").get<std::string>());
    if (!kind) return wrong(line, "`kind` of a key is none of ours");
    p.keys.push_back({*kind, k.at("name").get<std::string>(), k.at("value").get<std::string>()});
  }
  const auto read = from_hex(j.at("evidence").get<std::string>());
  auto known = read ? timing::evidence::decode(*read) : std::nullopt;
  if (!known || p.keys.empty()) return wrong(line, "`evidence` is unreadable, or nobody is named");
  p.known = std::move(*known);
  return p;
} catch (const json::exception&) {
  return wrong(line, "a person has `person` and `evidence`");
}

result<learned_state> read_state(std::istream& in) {
  learned_state out;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const auto j = json::parse(line, nullptr, false);
    if (j.is_discarded()) return wrong(number, "is no JSON");
    if (number == 1) {
      if (auto head = read_head(j, out); !head) return tl::unexpected<store_error>(head.error());
    } else if (j.contains("account")) {
      auto rows = decode_arrivals(j.value("arrivals", json()).dump());
      if (!rows || !j["account"].is_string()) return wrong(number, "`arrivals` of an account are unreadable");
      out.arrivals.emplace_back(account_id{j["account"].get<std::string>()}, std::move(*rows));
    } else {
      auto p = read_person(j, number);
      if (!p) return tl::unexpected<store_error>(p.error());
      out.people.push_back(std::move(*p));
    }
  }
  if (number == 0) return fail(errc::refused, "the file is empty; send one of `heed timing export`");
  return out;
}

inbox_item to_item(const person& p, const workspace_id& ws, time_point now) {
  std::string about = p.known.bytes();
  for (const auto& k : p.keys) about += '\0' + k.name + '\0' + k.value;
  stimulus s;
  s.key = "habits:" + std::to_string(stable_hash(about)) + ":" + std::to_string(about.size());
  s.occurred_at = s.received_at = now;
  s.mode = heed::arrival::backfill;
  s.source = "import";
  s.body = habits_imported{p.known};
  inbox_item item;
  item.workspace = ws;
  item.key = s.key;
  item.body = codec::encode(s);
  item.keys = p.keys;
  item.may_create = false;
  item.received_at = now;
  return item;
}

result<void> import_people(store& s, const workspace_id& ws, const std::vector<person>& people, time_point now, timing_imported& out) {
  for (std::size_t from = 0; from < people.size(); from += accept_batch) {
    write_batch batch;
    for (std::size_t i = from; i < std::min(from + accept_batch, people.size()); ++i)
      batch.accepts.push_back(to_item(people[i], ws, now));
    auto done = s.write(batch);
    if (!done) return tl::unexpected<store_error>(std::move(done.error()));
    for (const auto& a : done->accepts) {
      if (a.outcome == accept_result::what::accepted) ++out.people;
      if (a.outcome == accept_result::what::duplicate) ++out.known_before;
      if (a.outcome == accept_result::what::no_lead) ++out.unknown_people;
    }
  }
  return {};
}

time_point wall_now() { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); }

}  // namespace

result<void> export_timing(store_reader& r, const workspace_id& ws, time_point now, std::ostream& out) {
  auto priors = latest_priors(r, ws);
  if (!priors) return tl::unexpected<store_error>(std::move(priors.error()));
  out << json{{"heed_timing_state", format},
              {"workspace", ws.value},
              {"exported_at", to_iso(now)},
              {"engagements", priors->engagements},
              {"priors", priors->known ? timing::to_json(*priors->known) : json()}}
             .dump()
      << "\n";
  auto rules = r.latest_policy(ws);
  if (!rules) return tl::unexpected<store_error>(std::move(rules.error()));
  const auto document = json::parse(rules->second, nullptr, false);
  const auto parsed = policy_from_json(document.is_discarded() ? json::object() : document);
  if (!parsed) return fail(errc::fatal, "the policy of " + ws.value + " is unreadable");
  for (const auto& [id, unused] : parsed->value.accounts) {
    auto rows = stored_arrivals(r, ws, id, now - arrivals_of, arrivals_most);
    if (!rows) return tl::unexpected<store_error>(std::move(rows.error()));
    if (!rows->empty()) out << json{{"account", id.value}, {"arrivals", json::parse(encode_arrivals(*rows))}}.dump() << "\n";
  }
  return export_people(r, ws, out);
}

result<timing_imported> import_timing(store& s, const workspace_id& ws, time_point now, std::istream& in) {
  auto state = read_state(in);
  if (!state) return tl::unexpected<store_error>(std::move(state.error()));
  auto reader = s.reader();
  if (!reader) return tl::unexpected<store_error>(std::move(reader.error()));
  // A workspace that is not there has nobody who could use it.
  if (auto known = (*reader)->latest_policy(ws); !known) return tl::unexpected<store_error>(std::move(known.error()));
  auto present = latest_priors(**reader, ws);
  if (!present) return tl::unexpected<store_error>(std::move(present.error()));
  timing_imported out;
  if (state->priors && !(present->known && timing::to_json(*present->known) == timing::to_json(*state->priors))) {
    auto version = keep_priors(s, ws, *state->priors, state->engagements, now);
    if (!version) return tl::unexpected<store_error>(std::move(version.error()));
    out.priors = *version;
  }
  for (const auto& [account, rows] : state->arrivals) {
    if (auto done = s.put_meta(imported_arrivals_name(ws, account), encode_arrivals(rows)); !done)
      return tl::unexpected<store_error>(done.error());
    ++out.accounts;
  }
  if (auto done = import_people(s, ws, state->people, now, out); !done) return tl::unexpected<store_error>(done.error());
  if (auto done = s.add_audit({ws, "heed timing import", "timing_imported", std::to_string(out.people) + " people", now}); !done)
    return tl::unexpected<store_error>(done.error());
  return out;
}

int run_timing_export(const timing_state_options& o, std::ostream& out, std::ostream& err) {
  auto opened = open_store(o.store_url, open_mode::read_only);
  if (!opened) return err << "heed timing export: " << opened.error().detail << "\n", 2;
  auto reader = (*opened)->reader();
  if (!reader) return err << "heed timing export: " << reader.error().detail << "\n", 2;
  if (auto done = export_timing(**reader, workspace_id{o.workspace}, wall_now(), out); !done)
    return err << "heed timing export: " << done.error().detail << "\n", 2;
  return 0;
}

int run_timing_import(const timing_state_options& o, std::ostream& out, std::ostream& err) {
  std::ifstream in(o.file);
  if (!in) return err << "heed timing import: " << o.file << " cannot be read\n", 2;
  auto opened = open_store(o.store_url, open_mode::read_write);
  if (!opened) return err << "heed timing import: " << opened.error().detail << "\n", 2;
  if (auto attached = (*opened)->attach(wall_now()); !attached)
    return err << "heed timing import: " << attached.error().detail << "\n", 2;
  const auto done = import_timing(**opened, workspace_id{o.workspace}, wall_now(), in);
  if (!done) return err << "heed timing import: " << done.error().detail << "\n", 2;
  out << "priors " << (done->priors == 0 ? "as they were" : "version " + std::to_string(done->priors)) << ", " << done->accounts
      << " accounts, " << done->people << " people; " << done->known_before << " known before, " << done->unknown_people
      << " whom the store does not know\n";
  return 0;
}

}  // namespace heed::commands
