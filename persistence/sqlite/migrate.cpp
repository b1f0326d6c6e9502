#include "actors/lead/identity/email_hash.hpp"
#include "persistence/sqlite/embedded.hpp"
#include "persistence/sqlite/sqlite_store.hpp"

namespace heed::sqlite {

std::vector<std::string> migrate(database& db) {
  std::vector<std::string> applied;
  db.know("email_sha256", [](std::string_view address) {
    return hashed_email({key_kind::email, {}, std::string(address)}).value;
  });
  const auto present = db.schema_version();
  for (const auto& file : migrations()) {
    const auto number = number_of(file);
    if (number <= present) continue;
    transaction tx(db, transaction::kind::immediate);
    db.execute(std::string(file.text).c_str());
    db.execute(("pragma user_version = " + std::to_string(number)).c_str());
    tx.commit();
    applied.emplace_back(file.name);
  }
  return applied;
}

void require_current_schema(database& db) {
  const auto present = db.schema_version();
  const auto wanted = number_of(migrations().back());
  if (present < wanted)
    throw database_error(errc::refused, "the store's schema is " + std::to_string(present) +
                                            ", this binary needs " + std::to_string(wanted) +
                                            ": run `heed migrate`");
  if (present > wanted)
    throw database_error(errc::refused, "the store's schema is " + std::to_string(present) +
                                            ", newer than this binary's " + std::to_string(wanted) +
                                            ": run a newer heed");
}

}  // namespace heed::sqlite
