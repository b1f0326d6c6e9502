#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "persistence/rows.hpp"

/// The commands about a store, stopped or running. Those that read see one consistent snapshot and change nothing. Exit codes
/// (RULES, Demo, tests, tools): 0 clean, 1 violation, 2 could not tell.
namespace heed::commands {

struct explain_options {
  std::string store_url;
  std::string lead;                   ///< lead id, or an email address or phone number
  std::optional<std::uint64_t> seq;   ///< one decision in full; none = the whole story
  bool json = false;
};
/// Why a lead was, or was not, written to: every decision with its facts and the ladder of gates with their numbers.
int run_explain(const explain_options& o, std::ostream& out, std::ostream& err);

struct replay_options {
  std::string store_url;
  std::string lead;                   ///< empty = all
};
/// Recomputes every decision from the journal and compares byte for byte; folds the facts and compares with the
/// snapshot; follows the hash chain.
int run_replay(const replay_options& o, std::ostream& out, std::ostream& err);

struct verify_options { std::string store_url; };
/// No effect done twice, none forgotten, every accepted stimulus decided once.
int run_verify(const verify_options& o, std::ostream& out, std::ostream& err);

struct migrate_options { std::string store_url; };
int run_migrate(const migrate_options& o, std::ostream& out, std::ostream& err);

struct copy_command_options {
  std::string from, to;
  std::string workspace;      ///< empty = all
  std::size_t sample = 50;    ///< leads whose journal is recomputed in the target
  bool json = false;
};
/// Moves a whole store, or one workspace of it, into another store of any kind: a snapshot of the source, which may be in
/// use, in one transaction of the target, which may not. Counts every table, replays a sample and says what to know.
int run_copy(const copy_command_options& o, std::ostream& out, std::ostream& err);

struct key_options {
  std::string store_url;
  std::string workspace;
  std::string role;
  std::string name;
};
/// Makes an API key on a stopped store and prints it, once, alone on the last line; only its hash is kept.
int run_key_create(const key_options& o, std::ostream& out, std::ostream& err);

}  // namespace heed::commands
