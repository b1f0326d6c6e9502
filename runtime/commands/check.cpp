#include "runtime/commands/check.hpp"

#include <algorithm>
#include <ostream>

#include "config/config.hpp"
#include "runtime/zones.hpp"

namespace heed::commands {
namespace {

std::size_t print(const problems& found, const std::string& where, std::ostream& err) {
  for (const auto& p : found)
    err << where << (where.empty() ? "" : ": ") << p.field << ": " << p.detail << "\n";
  return found.size();
}

/// What may start and still leaves somebody forgotten.
void print_warnings(const config::config& c, const std::string& file, std::ostream& out) {
  const auto reaches_people = [](const config::account_config& a) {
    return a.public_part.enabled && is_real(a.public_part);
  };
  for (const auto& w : c.workspaces)
    if (std::ranges::any_of(w.accounts, reaches_people) && !w.defaults.handoff.reaches_somebody())
      out << "warning " << file << ": workspace " << w.id.value
          << ": handoff.to is not set: nobody hears of a hot lead\n";
}

}  // namespace

int run_check(const check_options& o, std::ostream& out, std::ostream& err) {
  const auto zones = load_zones();
  std::size_t problems_found = 0;
  if (!o.config_file.empty()) {
    const auto loaded = config::load({o.config_file, config::process_environment(), {}, zones.get()});
    if (!loaded) {
      problems_found += print(loaded.error(), o.config_file, err);
    } else {
      out << "ok " << o.config_file << ": " << loaded->workspaces.size() << " workspaces\n";
      print_warnings(*loaded, o.config_file, out);
    }
  }
  campaign_context context;
  context.zones = zones.get();
  for (const auto& file : o.campaign_files) {
    const auto loaded = config::load_campaign_file(file, context);
    if (!loaded)
      problems_found += print(loaded.error(), file, err);
    else
      out << "ok " << file << ": campaign " << loaded->id.value << ", " << loaded->current().steps.size()
          << " steps\n";
  }
  if (problems_found == 0) return 0;
  err << problems_found << (problems_found == 1 ? " problem\n" : " problems\n");
  return 1;
}

}  // namespace heed::commands
