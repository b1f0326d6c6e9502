#include <iostream>

#include "persistence/store.hpp"
#include "runtime/commands/store_commands.hpp"
#include "runtime/replayer.hpp"
#include "runtime/zones.hpp"

namespace heed::commands {
namespace {

constexpr std::size_t lead_page = 500;

/// False when the store could not be read to its end.
bool replay_all(store_reader& reader, replayer& r, std::ostream& err) {
  page p{lead_page, {}};
  for (;;) {
    auto rows = reader.all_leads(std::nullopt, p);
    if (!rows) {
      err << "heed replay: " << rows.error().detail << "\n";
      return false;
    }
    for (const auto& row : rows->items) r.replay(row);
    if (rows->next.empty()) return true;
    p.after = rows->next;
  }
}

}  // namespace

int run_replay(const replay_options& o, std::ostream& out, std::ostream& err) {
  auto opened = open_store(o.store_url, open_mode::read_only);
  if (!opened) return err << "heed replay: " << opened.error().detail << "\n", 2;
  auto reader = (*opened)->reader();
  if (!reader) return err << "heed replay: " << reader.error().detail << "\n", 2;
  zone_library zones(load_zones());
  replayer r(**reader, zones, out);
  bool complete = true;
  if (o.lead.empty()) {
    complete = replay_all(**reader, r, err);
  } else {
    const lead_id ids[] = {lead_id{o.lead}};
    auto rows = (*reader)->leads(ids);
    if (!rows || rows->empty()) return err << "heed replay: there is no lead " << o.lead << "\n", 2;
    r.replay(rows->front());
  }
  out << "replayed " << r.sums.decisions << " decisions of " << r.sums.leads << " leads: " << r.sums.violations << " violations, "
      << r.sums.other_rules << " differ by rules version, " << r.sums.unreadable << " unreadable\n";
  if (r.sums.violations > 0) return 1;
  return complete && r.sums.unreadable == 0 ? 0 : 2;
}

}  // namespace heed::commands
