#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace heed {

/// `heed normalize PROVIDER [--headers FILE] [--url URL] [--secret S]... [--received-at T] [--options JSON] <
/// BODY`
struct normalize_args {
  std::string provider;      ///< a normalizer's name, or `events` for canonical events
  std::string headers_file;  ///< `name: value` lines; `:method` and `:url` are taken too
  std::string url;           ///< wins over the file's `:url`
  std::vector<std::string> secrets;
  std::string received_at;  ///< RFC 3339 or Unix seconds; empty = now
  std::string options;      ///< the provider's options as JSON; empty = none
};

/// Shows what the gateway would make of a request: prints the document of `normalize_report`, 2 spaces deep,
/// and returns 0, or the problem document and 1.
int run_normalize(const normalize_args& args, std::istream& body, std::ostream& out);

}  // namespace heed
