#include <sodium.h>

#include <chrono>
#include <iostream>
#include <string>

#include "adapters/api/crypto.hpp"
#include "persistence/store.hpp"
#include "runtime/commands/store_commands.hpp"

namespace heed::commands {

int run_key_create(const key_options& o, std::ostream& out, std::ostream& err) {
  auto as = parse_role(o.role);
  if (!as) return err << "heed key: --role " << o.role << " is none of reader, setter, inbox_manager, admin, owner, operator\n", 2;
  auto opened = open_store(o.store_url, open_mode::read_write);
  if (!opened) return err << "heed key: " << opened.error().detail << "\n", 2;
  auto now = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  if (auto made = (*opened)->create_workspace(workspace_id{o.workspace}, now); !made)
    return err << "heed key: " << made.error().detail << "\n", 2;
  auto key = api::new_api_key();
  auto stored = (*opened)->put_api_key({api::sha256_hex(key), workspace_id{o.workspace}, *as, o.name, now, false});
  if (!stored) return err << "heed key: " << stored.error().detail << "\n", 2;
  out << key << "\n";
  return 0;
}

}  // namespace heed::commands
