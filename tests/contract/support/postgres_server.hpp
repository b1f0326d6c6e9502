#pragma once

#include <string>

namespace heed::contract {

/// A server of this test process's own, started when it is first asked for and gone with the process.
/// @return the URL of its database `name` for that user; `heed` may do everything, `heed_app` is who a store
/// is run by
[[nodiscard]] std::string postgres_url(const std::string& name, const std::string& user = "heed");

/// A fresh, migrated database of that server, gone with the object.
class postgres_database {
 public:
  postgres_database();
  ~postgres_database();
  postgres_database(const postgres_database&) = delete;
  postgres_database& operator=(const postgres_database&) = delete;

  [[nodiscard]] std::string url() const { return postgres_url(name_, "heed_app"); }
  [[nodiscard]] std::string admin_url() const { return postgres_url(name_); }
  /// Makes the server take no more than this process may write into one file: its disk is full where ours
  /// would be.
  void share_file_limit();

 private:
  std::string name_;
  bool shared_ = false;
};

}  // namespace heed::contract
