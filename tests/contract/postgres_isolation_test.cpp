#include <memory>
#include <pqxx/pqxx>
#include <set>

#include "tests/contract/support/postgres_server.hpp"
#include "tests/contract/support/world.hpp"

#define CAF_SUITE postgres_isolation
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;

namespace {

/// What belongs to the installation and to no workspace; the role of the API has nothing to do with it.
const std::set<std::string> of_the_installation{"migration", "meta", "node", "shard_lease", "detached_week"};

constexpr auto insufficient_privilege = "42501";

/// Every table of the schema as the catalog has it, weeks of partitioned ones included.
struct table {
  std::string name;
  bool is_part = false;
  bool guarded = false;  ///< row-level security is enabled and forced
};

class catalog {
 public:
  catalog() : admin_(database_.admin_url()) {
    pqxx::nontransaction tx(admin_);
    tx.exec("select heed.prepare_weeks(1795000000000000, 1)");
    for (const auto& row :
         tx.exec("select relname, relispartition, relrowsecurity and relforcerowsecurity from pg_class"
                 " where relnamespace = 'heed'::regnamespace and relkind in ('r', 'p') order by 1"))
      tables_.push_back({row[0].as<std::string>(), row[1].as<bool>(), row[2].as<bool>()});
  }

  [[nodiscard]] const std::vector<table>& tables() const { return tables_; }
  [[nodiscard]] std::vector<std::string> tenant_tables() const {
    std::vector<std::string> names;
    for (const auto& t : tables_)
      if (!t.is_part && !of_the_installation.contains(t.name)) names.push_back(t.name);
    return names;
  }

  /// One row with a value in every column that must have one, whatever the table.
  std::string row_for(const std::string& table, const std::string& workspace) {
    std::string columns, values;
    pqxx::nontransaction tx(admin_);
    for (const auto& c :
         tx.exec("select attname, atttypid::regtype::text from pg_attribute where attrelid = 'heed." + table +
                 "'::regclass and attnum > 0 and not attisdropped and attnotnull"
                 " and attidentity = '' and not atthasdef")) {
      const auto name = c[0].as<std::string>();
      const auto type = c[1].as<std::string>();
      columns += (columns.empty() ? "" : ", ") + name;
      values += values.empty() ? "" : ", ";
      if (name == "workspace")
        values += "'" + workspace + "'";
      else if (type == "text")
        values += "'of " + workspace + "'";
      else if (type == "bytea")
        values += "'\\x00'";
      else if (type == "boolean")
        values += "false";
      else
        values += workspace == "acme" ? "1" : "2";
    }
    return "insert into heed." + table + " (" + columns + ") values (" + values + ")";
  }
  /// A trigger may have made the row already.
  void fill(const std::string& table) {
    const auto insert = row_for(table, "acme") + " on conflict do nothing";
    pqxx::nontransaction(admin_).exec(insert);
  }

  /// Runs a statement as the API would for a workspace; the rows it gave or changed, or the server's refusal.
  std::string as_api(const std::string& workspace, const std::string& sql) {
    pqxx::work tx(admin_);
    tx.exec("set local role heed_api");
    if (!workspace.empty()) tx.exec("set local heed.workspace = '" + workspace + "'");
    try {
      const auto out = tx.exec(sql);
      return std::to_string(out.columns() > 0 ? out.size() : out.affected_rows());
    } catch (const pqxx::insufficient_privilege&) {
      return insufficient_privilege;  // libpqxx drops this one's state
    } catch (const pqxx::sql_error& e) {
      return e.sqlstate();
    }
  }

 private:
  postgres_database database_;
  pqxx::connection admin_;
  std::vector<table> tables_;
};

}  // namespace

CAF_TEST(every table that holds a workspaces rows is guarded also from its owner) {
  const catalog c;
  CAF_CHECK(c.tenant_tables().size() > 30);
  for (const auto& t : c.tables())
    if (!of_the_installation.contains(t.name) && !t.guarded)
      CAF_ERROR(t.name << " has no forced row-level security");
}

CAF_TEST(the role of the API sees and changes the rows of its own workspace alone in every table) {
  catalog c;
  for (const auto& name : c.tenant_tables()) {
    c.fill(name);
    const auto from = " from heed." + name;
    const auto update = "update heed." + name + " set workspace = workspace";
    const auto verdict = [&](const char* what, const std::string& said, const std::string& wanted) {
      if (said != wanted) CAF_ERROR(name << ": " << what << " gave " << said << " and not " << wanted);
    };
    verdict("a read in its own workspace", c.as_api("acme", "select workspace" + from), "1");
    verdict("a change in its own workspace", c.as_api("acme", update), "1");
    for (const auto* elsewhere : {"other", ""}) {
      verdict("a read from another workspace", c.as_api(elsewhere, "select workspace" + from), "0");
      verdict("a read that names the workspace",
              c.as_api(elsewhere, "select workspace" + from + " where workspace = 'acme'"), "0");
      verdict("a change from another workspace", c.as_api(elsewhere, update), "0");
      verdict("a deletion from another workspace", c.as_api(elsewhere, "delete" + from), "0");
      verdict("an insertion into another workspace", c.as_api(elsewhere, c.row_for(name, "third")),
              insufficient_privilege);
    }
    verdict("giving a row away", c.as_api("acme", "update heed." + name + " set workspace = 'other'"),
            insufficient_privilege);
  }
}

CAF_TEST(the role of the API reaches no week directly and nothing of the installation) {
  catalog c;
  for (const auto& t : c.tables())
    if (t.is_part || of_the_installation.contains(t.name)) {
      const auto said = c.as_api("acme", "select 1 from heed." + t.name);
      if (said != insufficient_privilege) CAF_ERROR(t.name << " gave " << said);
    }
  for (const auto* function : {"prepare_weeks(0, 0)", "detach_weeks(0)", "protect('heed.lead')"})
    CAF_CHECK_EQUAL(c.as_api("acme", std::string("select heed.") + function), insufficient_privilege);
}
