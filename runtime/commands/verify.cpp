#include <iomanip>
#include <iostream>

#include "persistence/store.hpp"
#include "runtime/commands/store_commands.hpp"

namespace heed::commands {

int run_verify(const verify_options& o, std::ostream& out, std::ostream& err) {
  auto opened = open_store(o.store_url, open_mode::read_only);
  if (!opened) return err << "heed verify: " << opened.error().detail << "\n", 2;
  auto reader = (*opened)->reader();
  if (!reader) return err << "heed verify: " << reader.error().detail << "\n", 2;
  auto found = (*reader)->audit_invariants();
  auto counts = (*reader)->counts();
  if (!found || !counts) return err << "heed verify: " << (found ? counts.error() : found.error()).detail << "\n", 2;
  for (const auto& line : *found) out << "violation  " << line << "\n";
  auto row = [&](const char* what, std::uint64_t n, const char* note) {
    out << std::left << std::setw(34) << what << std::right << std::setw(10) << n << "  " << note << "\n";
  };
  row("leads", counts->leads, "");
  row("stimuli accepted, not decided yet", counts->pending, counts->pending ? "open" : "");
  row("stimuli dead-lettered", counts->dead, counts->dead ? "an operator's to requeue or leave" : "");
  row("timers armed", counts->timers, "");
  row("effects planned", counts->effects_planned, counts->effects_planned ? "open" : "");
  row("effects in flight", counts->effects_in_flight, counts->effects_in_flight ? "open" : "");
  row("effects of unknown outcome", counts->effects_unknown, counts->effects_unknown ? "never resent without evidence" : "");
  row("violations", found->size(), found->empty() ? "none done twice, none forgotten, all decided once" : "");
  return found->empty() ? 0 : 1;
}

int run_migrate(const migrate_options& o, std::ostream& out, std::ostream& err) {
  auto applied = migrate_store(o.store_url);
  if (!applied) return err << "heed migrate: " << applied.error().detail << "\n", 2;
  if (applied->empty()) out << "the schema is up to date\n";
  for (const auto& name : *applied) out << "applied " << name << "\n";
  return 0;
}

}  // namespace heed::commands
