#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/campaign/document.hpp"

/// Secrets come from the environment or from files, never from the configuration itself.
namespace heed::config {

/// A secret a provider needs and the variables it is looked for in when nothing else is said; the first is
/// ours, the others are the names older systems used.
struct known_secret {
  std::string_view owner;  ///< provider of an account, `hook:` and the provider of a hook, or a section
  std::string_view name;
  std::vector<std::string> variables;
  bool required = true;
};
[[nodiscard]] const std::vector<known_secret>& known_secrets();
/// The variables of one of them; none when it is not known.
[[nodiscard]] std::vector<std::string> variables_of(std::string_view owner, std::string_view name);
/// `A or B`, for people.
[[nodiscard]] std::string listed(const std::vector<std::string>& names);

/// Reads secrets by the name of where they are kept. Problems name that place, never the value.
class secret_reader {
 public:
  secret_reader(const std::map<std::string, std::string>& environment, std::filesystem::path directory)
      : environment_(&environment), directory_(std::move(directory)) {}

  /// The first of these variables that is set.
  [[nodiscard]] std::optional<std::string> from_variables(const std::vector<std::string>& names,
                                                          problems& out) const;
  /// A variable that was named in the file: it must be set.
  [[nodiscard]] std::optional<std::string> from_variable(const std::string& name, const std::string& where,
                                                         problems& out) const;
  [[nodiscard]] std::optional<std::string> from_file(const std::string& path, const std::string& where,
                                                     problems& out) const;

  /// `NAME_env` and `NAME_file` members of an object of secrets, completed by the owner's known variables.
  [[nodiscard]] std::map<std::string, std::string> read_all(object_reader& in, const nlohmann::json* object,
                                                            std::string_view key, std::string_view owner,
                                                            problems& out) const;

 private:
  const std::map<std::string, std::string>* environment_;
  std::filesystem::path directory_;  ///< relative paths count from the configuration file
};

/// Trimmed, or a problem at `name`: empty, white space inside, or a placeholder nobody replaced (ZRG-168).
[[nodiscard]] std::optional<std::string> clean_secret(std::string_view value, const std::string& name,
                                                      problems& out);

}  // namespace heed::config
