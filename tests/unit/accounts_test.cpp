#include "runtime/accounts.hpp"

#define CAF_SUITE accounts
#include <caf/test/dsl.hpp>

using namespace heed;

namespace {

const std::string key = "a sealing key of the installation";

outbound::sending_account mailbox() {
  outbound::sending_account a;
  a.workspace = workspace_id{"acme"};
  a.public_part.id = account_id{"mail"};
  a.public_part.provider = "resend";
  a.public_part.from = "mia@mail.example.com";
  a.base_url = "https://api.example.com";
  a.secrets = {{"api_key", "re_example_key_that_nobody_may_read"}, {"webhook_secret", "whsec_example"}};
  a.options = {{"messaging_service_sid", "MG0123"}, {"retries", 3}};
  return a;
}

account_config_row sealed_row(const outbound::sending_account& a, const std::string& with = key) {
  auto sealed = seal_account(a, with);
  CAF_REQUIRE(sealed.has_value());
  return {a.workspace, a.public_part.id, *sealed, {}};
}

}  // namespace

CAF_TEST(RULES an account that was sealed opens with its key as it was) {
  auto a = mailbox();
  auto opened = open_account(sealed_row(a), key);
  CAF_REQUIRE(opened.has_value());
  CAF_CHECK_EQUAL(opened->workspace, a.workspace);
  CAF_CHECK_EQUAL(opened->public_part.id, a.public_part.id);
  CAF_CHECK_EQUAL(opened->base_url, a.base_url);
  CAF_CHECK(opened->secrets == a.secrets);
  CAF_CHECK(opened->options == a.options);
}

CAF_TEST(RULES no secret shows in what is stored) {
  auto a = mailbox();
  auto row = sealed_row(a);
  for (const auto& [name, value] : a.secrets) {
    CAF_CHECK_EQUAL(row.sealed.find(value), std::string::npos);
    CAF_CHECK_EQUAL(row.sealed.find(name), std::string::npos);
  }
  CAF_CHECK_EQUAL(row.sealed.find("MG0123"), std::string::npos);
}

CAF_TEST(RULES another key opens nothing and the error says which account and setting) {
  auto opened = open_account(sealed_row(mailbox()), key + "!");
  CAF_REQUIRE(!opened.has_value());
  auto error = opened.error();
  CAF_CHECK(error.code == errc::refused);
  CAF_CHECK_EQUAL(error.detail, "the account acme/mail was sealed with another HEED_SECRET_KEY");
}

CAF_TEST(RULES without a key nothing is sealed or opened and the setting is named) {
  auto sealed = seal_account(mailbox(), "");
  CAF_REQUIRE(!sealed.has_value());
  CAF_CHECK(sealed.error().detail.find("HEED_SECRET_KEY") != std::string::npos);
  auto opened = open_account(sealed_row(mailbox()), "");
  CAF_REQUIRE(!opened.has_value());
  CAF_CHECK(opened.error().detail.find("HEED_SECRET_KEY") != std::string::npos);
}

CAF_TEST(RULES a sealed account cannot be moved to another name or workspace) {
  auto row = sealed_row(mailbox());
  auto renamed = row;
  renamed.account = account_id{"other"};
  CAF_CHECK(!open_account(renamed, key).has_value());
  auto moved = row;
  moved.workspace = workspace_id{"rival"};
  CAF_CHECK(!open_account(moved, key).has_value());
  auto changed = row;
  changed.sealed.back() = static_cast<char>(changed.sealed.back() ^ 1);
  CAF_CHECK(!open_account(changed, key).has_value());
}

CAF_TEST(RULES what the configuration file names is not changed over the API) {
  account_book book;
  config::account_config of_file;
  of_file.public_part = mailbox().public_part;
  of_file.secrets = {{"api_key", "of_the_file"}};
  book.add(workspace_id{"acme"}, of_file);
  book.put(mailbox());
  CAF_CHECK(book.is_from_file(workspace_id{"acme"}, account_id{"mail"}));
  auto found = book.find(workspace_id{"acme"}, account_id{"mail"});
  CAF_REQUIRE(found.has_value());
  CAF_CHECK_EQUAL(found->secrets.at("api_key"), "of_the_file");
  CAF_CHECK(!book.find(workspace_id{"rival"}, account_id{"mail"}).has_value());

  auto other = mailbox();
  other.public_part.id = account_id{"second"};
  book.put(other);
  other.secrets["api_key"] = "rotated";
  book.put(other);
  auto rotated = book.find(workspace_id{"acme"}, account_id{"second"});
  CAF_REQUIRE(rotated.has_value());
  CAF_CHECK_EQUAL(rotated->secrets.at("api_key"), "rotated");
  CAF_CHECK(!book.is_from_file(workspace_id{"acme"}, account_id{"second"}));
}
