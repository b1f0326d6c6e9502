// Whom an answer goes to, and what came in as it can be read, against a provider that checks what it is sent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, openBrowser, openPage, signIn, startThreads, startWithProvider } from "./world.mjs";

const main = "/v1/workspaces/main";
const threadKey = "a-key-of-the-gateway-0123456789";
let real, threads, browser, page;
before(async () => {
  [real, threads, browser] = await Promise.all([startWithProvider(), startThreads(threadKey), openBrowser()]);
  page = await openPage(browser);
  await signIn(page, real);
});
after(async () => {
  await browser?.close();
  await real?.end();
  threads?.server.close();
});

const consent = { email: { status: "granted", source: "test" } };
async function campaign(id, more = {}) {
  const made = await real.ask("PUT", `${main}/campaigns/${id}`, {
    name: id,
    intent: "end_user",
    enabled: true,
    attribution: { landing_page: `https://example.com/${id}` },
    sequence: [
      { id: "hello", channel: "email", template: "hello", delay: "0s" },
      { id: "later", channel: "email", template: "later", delay: "9d" },
    ],
    templates: { hello: { subject: "Hello {firstName}", body: "Hello {firstName}" }, later: { body: "Once more, {firstName}" } },
    ...more,
  });
  assert.ok(made.status < 300, JSON.stringify(made.body));
}
/** Somebody whom the campaign has written to. */
async function written(name, id) {
  const { body } = await real.ask("POST", `${main}/leads`, { campaign_id: id, email: `${name}@example.com`, fields: { firstName: name }, landing_page: `https://example.com/${id}`, consent });
  await eventually(`${name} is written to`, async () => (await real.ask("GET", `${main}/runs/${id}__${body.lead_id}`)).body.history.some((h) => h.outcome === "sent"));
  return body.lead_id;
}
let told = 0;
async function reply(name, message) {
  const answer = await real.ask("POST", `${main}/events`, {
    id: `reply-${++told}`,
    kind: "reply_received",
    occurred_at: new Date().toISOString(),
    channel: "email",
    lead: { email: `${name}@example.com` },
    message: { message_id: `<reply-${told}@example.com>`, from: `${name}@example.com`, subject: "Re: Hello", text: "Who are you?", ...message },
  });
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
}
async function openLead(lead) {
  await page.goto(`${real.url}/inbox/${lead}?ws=main&show=all`);
  await page.getByLabel("Your message", { exact: true }).last().waitFor();
}
const recipient = () => page.getByRole("combobox", { name: "To", exact: true });

test("ZRG-107 ZRG-108 ZRG-109 an answer goes to whoever answers now unless somebody else is chosen, with copies", async () => {
  await campaign("offer");
  const lead = await written("ana", "offer");
  await reply("ana", { from: "Sam Lee <sam@example.com>" });
  await openLead(lead);
  assert.deepEqual(await recipient().locator("option").allTextContents(), ["Sam Lee, sam@example.com (answers now)", "ana@example.com (the lead)"]);
  assert.equal(await recipient().inputValue(), "sam@example.com");
  await recipient().selectOption("ana@example.com");
  await page.getByLabel("Cc", { exact: true }).fill("boss@example.org, kim@example.org");
  await page.getByLabel("Your message", { exact: true }).last().fill("We are Acme.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator(".saying", { hasText: "On its way." }).waitFor();
  const mail = await eventually("it is sent", () => real.provider.accepted.find((m) => m.text === "We are Acme."));
  assert.deepEqual(mail.to, ["ana@example.com"]);
  assert.deepEqual(mail.cc, ["boss@example.org", "kim@example.org"]);
  assert.equal(mail.headers["In-Reply-To"], "<reply-1@example.com>");
  assert.deepEqual(real.provider.refused, []);
});

test("whoever asked not to be written to gets no copy, and the page says who that is", async () => {
  const listed = await real.ask("POST", `${main}/suppressions`, { source: "test", items: [{ email: "gone@example.org" }] });
  assert.equal(listed.status, 200, JSON.stringify(listed.body));
  const lead = await written("eve", "offer");
  await reply("eve", {});
  await openLead(lead);
  await page.getByLabel("Cc", { exact: true }).fill("gone@example.org");
  await page.getByLabel("Your message", { exact: true }).last().fill("With somebody who said no.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText(/gone@example\.org may not be written to/).waitFor();
  assert.equal(real.provider.accepted.some((m) => m.text === "With somebody who said no."), false);
});

test("ZRG-107 without a recipient there is a reason in place of a button", async () => {
  const { body } = await real.ask("POST", `${main}/leads`, { phone: "+15550123456", fields: { firstName: "Otto" } });
  await openLead(body.lead_id);
  await page.getByText("Select a recipient before sending.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Send", exact: true }).count(), 0);
  const refused = await real.ask("POST", `${main}/leads/${body.lead_id}/messages`, { subject: "A word", text: "Hello" });
  assert.equal(refused.status, 409);
  assert.equal(refused.body.reason, "Select a recipient before sending.");
});

test("ZRG-109 where the provider answers in its own thread the recipient is fixed, with the reason, and copies go out", async () => {
  const put = await real.ask("PUT", `${main}/accounts/threads`, {
    channel: "email",
    provider: "http",
    from: "mia@mail.example.com",
    base_url: threads.url,
    max_per_second: 0,
    max_per_day: 0,
    thread_recipient: true,
    copies: true,
    secrets: { api_key: threadKey },
    options: { path: "/reply", body: { reply_to_uuid: "{in_reply_to}", eaccount: "{from}", subject: "{subject}", body: { text: "{text}" }, cc_address_email_list: "{cc}" } },
  });
  assert.ok(put.status < 300, JSON.stringify(put.body));
  await campaign("threads", { accounts: { email: ["threads"] } });
  const lead = await written("tom", "threads");
  await reply("tom", { from: "Sam Lee <sam@example.com>" });
  await openLead(lead);
  assert.equal(await recipient().isDisabled(), true);
  assert.equal(await recipient().inputValue(), "sam@example.com");
  await page.getByText("Nobody else can be chosen: the provider answers within its own thread").waitFor();
  await page.getByLabel("Cc", { exact: true }).fill("boss@example.org");
  await page.getByLabel("Your message", { exact: true }).last().fill("Within the thread.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator(".saying", { hasText: "On its way." }).waitFor();
  const mail = await eventually("it is sent", () => threads.accepted.find((m) => m.body.text === "Within the thread."));
  assert.equal(mail.cc_address_email_list, "boss@example.org");
  assert.match(mail.reply_to_uuid, /^<reply-\d+@example\.com>$/);
  assert.deepEqual(threads.refused, []);
  const other = await real.ask("POST", `${main}/leads/${lead}/messages`, { subject: "A word", text: "Hello", to: "tom@example.com" });
  assert.equal(other.status, 409);
  assert.match(other.body.reason, /^to cannot be chosen/);
});

test("ZRG-111 ZRG-112 links of the original stand below its text, and the original is shown as plain text", async () => {
  const lead = await written("lea", "offer");
  await reply("lea", {
    text: "See our plans [here](https://example.org/a).",
    html: 'See <a href="https://example.org/plans?a=1&amp;b=2">our plans</a> <script>alert(1)</script><a href="javascript:alert(2)">x</a>',
  });
  await openLead(lead);
  const said = page.locator(".talk .inbound");
  const link = said.getByRole("link", { name: "https://example.org/plans?a=1&b=2" });
  assert.equal(await link.getAttribute("href"), "https://example.org/plans?a=1&b=2");
  assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
  assert.equal(await said.getByRole("link").count(), 2);
  await said.getByRole("button", { name: "Original" }).click();
  assert.equal(await said.getByRole("link").count(), 0);
  assert.equal(await said.locator("pre").textContent(), "See our plans [here](https://example.org/a).\n\n<https://example.org/plans?a=1&b=2>");
  assert.equal(await said.getByRole("button", { name: "Original" }).getAttribute("aria-pressed"), "true");
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(page.foreign, []);
});
