#include "actors/lead/identity/email_hash.hpp"
#include "actors/lead/identity/enrichment.hpp"
#include "actors/lead/identity/resolution.hpp"

#define CAF_SUITE resolution
#include <caf/test/dsl.hpp>

using namespace heed;

namespace {

const lead_key ana{key_kind::email, "", "ana@example.com"};
const lead_key ana_too{key_kind::alternate_email, "", "ana@example.com"};
const lead_key bea{key_kind::email, "", "bea@example.com"};
const lead_key number{key_kind::phone, "", "+15550100200"};
const lead_key shop{key_kind::other, "shopify", "s-1"};
const lead_key device{key_kind::other, "device", "d-1"};
const lead_key address{key_kind::other, "ip", "203.0.113.9"};
const lead_key crm{key_kind::ghl, "", "g-1"};

}  // namespace

CAF_TEST(SF-43 SF-44 addresses and numbers are the own keys of a person and all else points to somebody) {
  for (const auto& k : {ana, ana_too, number}) CAF_CHECK(strength_of(k) == key_strength::deterministic);
  CAF_CHECK(strength_of(shop) == key_strength::probabilistic);
  CAF_CHECK(strength_of({key_kind::other, "klaviyo", "k"}) == key_strength::probabilistic);
  CAF_CHECK(strength_of(device) == key_strength::signature);
  CAF_CHECK(strength_of({key_kind::other, "browser_fingerprint", "f"}) == key_strength::signature);
  CAF_CHECK(strength_of(crm) == key_strength::provider);
  CAF_CHECK(confidence_of(key_strength::deterministic) > confidence_of(key_strength::probabilistic));
  CAF_CHECK(confidence_of(key_strength::probabilistic) > confidence_of(key_strength::signature));
}

CAF_TEST(SF-44 SF-48 an id of another system decides unless an address or number says otherwise) {
  CAF_CHECK(may_decide(shop, {shop}, {ana, shop}));
  CAF_CHECK(may_decide(shop, {number, shop}, {ana, shop}));
  CAF_CHECK(may_decide(shop, {ana, shop}, {ana_too, shop}));
  CAF_CHECK(!may_decide(shop, {bea, shop}, {ana, shop}));
  CAF_CHECK(may_decide(ana, {ana, number}, {ana}));
  CAF_CHECK(may_decide(crm, {bea, crm}, {ana, crm}));
}

CAF_TEST(SF-49 a device or a network never speaks for a known person) {
  CAF_CHECK(may_decide(device, {device}, {ana, device}));
  CAF_CHECK(may_decide(device, {ana, device}, {device}));
  CAF_CHECK(!may_decide(device, {number, device}, {ana, device}));
  CAF_CHECK(!may_decide(address, {bea, address}, {ana, address}));
}

CAF_TEST(SF-48 SF-49 what may unite two leads is the best of the evidence) {
  CAF_CHECK(!merge_objection({}, {ana}, {bea}));
  CAF_CHECK(!merge_objection({ana}, {ana, shop}, {bea, shop}));
  CAF_CHECK_EQUAL(merge_objection({shop}, {ana, shop}, {bea, shop}).value_or(""), "conflicting_deterministic_keys");
  CAF_CHECK(!merge_objection({shop}, {ana, shop}, {number, shop}));
  CAF_CHECK_EQUAL(merge_objection({device}, {ana, device}, {number, device}).value_or(""), "signature_alone");
  CAF_CHECK(!merge_objection({device, shop}, {ana, device, shop}, {number, device, shop}));
  CAF_CHECK(!merge_objection({device}, {ana, device}, {device}));
  CAF_CHECK_EQUAL(merge_objection({crm}, {ana}, {bea}).value_or(""), "evidence_of_neither: ghl");
}

CAF_TEST(SF-47 ZRG-50 a match names its key and rule and confidence) {
  const auto by_mail = resolution_of({number, ana}, {ana_too, number});
  CAF_REQUIRE(by_mail.has_value());
  CAF_CHECK(by_mail->by == ana);
  CAF_CHECK(by_mail->rule == key_strength::deterministic);
  CAF_CHECK_EQUAL(by_mail->confidence_pct, 100u);
  const auto by_shop = resolution_of({shop, device}, {ana, device, shop});
  CAF_CHECK(by_shop->by == shop);
  CAF_CHECK_EQUAL(by_shop->confidence_pct, 70u);
  CAF_CHECK(resolution_of({ana}, {})->is_new);
  CAF_CHECK(!resolution_of({bea}, {ana}));
  CAF_CHECK(!resolution_of({}, {ana}));
}

CAF_TEST(ZRG-52 what is to be found out about somebody new follows from the keys) {
  CAF_CHECK_EQUAL(enrichment_of({number}), "not_needed");
  CAF_CHECK_EQUAL(enrichment_of({ana}), "pending");
  CAF_CHECK_EQUAL(enrichment_of({ana, number}), "");
  CAF_CHECK_EQUAL(enrichment_of({ana, {key_kind::linkedin, "", "l-1"}}), "");
  CAF_CHECK_EQUAL(enrichment_of({shop}), "");
}

CAF_TEST(SF-43 an address in clear and its SHA-256 are the same key) {
  const auto hash = hashed_email(ana);
  // Of the few lines of the standard, computed elsewhere.
  CAF_CHECK_EQUAL(hashed_email({key_kind::email, "", "abc"}).value, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CAF_CHECK(strength_of(hash) == key_strength::deterministic);
  CAF_CHECK(knows_key({ana}, hash) && knows_key({hash}, ana_too));
  CAF_CHECK(!knows_key({bea}, hash));
  CAF_CHECK(!is_news({ana}, hash));
  CAF_CHECK(is_news({hash}, ana));
  CAF_CHECK(!conflict({ana}, {hash}));
  CAF_CHECK(conflict({bea}, {hash}));
}
