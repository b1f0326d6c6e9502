// The five tasks operators come for, and how many clicks a hand needs for each, from the page one is on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { countClicks, eventually, openBrowser, openPage, signIn, startDemo, startWithProvider, tabTo } from "./world.mjs";

let demo, real, browser, page;
const ws = "/v1/workspaces/demo";
before(async () => {
  [demo, real, browser] = await Promise.all([startDemo(), startWithProvider(), openBrowser()]);
  await eventually("somebody is hot and something waits for approval", async () => {
    const { body } = await demo.ask("GET", `${ws}/runs?status=paused&limit=200`);
    const hot = await demo.ask("GET", `${ws}/handoffs?open=true`);
    return hot.body.items.length >= 3 && body.items.some((r) => r.reason === "awaiting_approval");
  });
  page = await openPage(browser);
  await signIn(page, demo);
});
after(async () => {
  await browser?.close();
  await Promise.all([demo?.end(), real?.end()]);
});

/** A fresh look at the queue, counting from there. */
async function fromQueue(at = demo, query = "", p = page) {
  await p.goto(`${at.url}/sender/queue?ws=${at === demo ? "demo" : "main"}${query}`);
  await p.getByRole("heading", { name: "Queue" }).waitFor();
  return countClicks(p);
}

test("SS-51 SS-54 a campaign is prepared and started with at most four clicks", async () => {
  const clicks = await fromQueue();
  await page.getByRole("link", { name: "Campaigns" }).click();
  await page.getByLabel("Name").fill("Autumn fair");
  await page.getByRole("button", { name: "Prepare", exact: true }).click();
  await page.getByRole("heading", { name: "Autumn fair" }).waitFor();
  await page.getByRole("button", { name: "Enable", exact: true }).click();
  await page.getByText("Enabled.").waitFor();
  assert.ok((await clicks()) <= 4, `${await clicks()} clicks`);
  const { body } = await demo.ask("GET", `${ws}/campaigns/autumn-fair`);
  assert.equal(body.definition.enabled, true);
});

test("a campaign is prepared and started by keys alone", async () => {
  const clicks = await fromQueue();
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await page.getByRole("heading", { name: "Campaigns" }).waitFor();
  await tabTo(page, /^Name/);
  await page.keyboard.type("Winter fair");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Winter fair" }).waitFor();
  await tabTo(page, /^Enable$/);
  await page.keyboard.press("Enter");
  await page.getByText("Enabled.").waitFor();
  assert.equal(await clicks(), 0, "a key was no key");
  assert.equal((await demo.ask("GET", `${ws}/campaigns/winter-fair`)).body.definition.enabled, true);
});

test("why something was not sent is two clicks away", async () => {
  const run = await eventually("a run waits for approval", async () => {
    const { body } = await demo.ask("GET", `${ws}/runs?status=paused&limit=50`);
    return body.items.find((r) => r.reason === "awaiting_approval");
  });
  const clicks = await fromQueue(demo, "&status=paused");
  await page.locator(`a[href*="/leads/${run.lead_id}"]`).first().click();
  await page.locator(".timeline li", { has: page.getByText(/^Not sent \(/) }).first().getByRole("link").click();
  await page.getByText(/stopped at Approval/).waitFor();
  assert.ok((await clicks()) <= 2, `${await clicks()} clicks`);
});

test("a prepared message is approved with one click", async () => {
  const clicks = await fromQueue(demo, "&status=paused");
  await page.getByRole("button", { name: "Approve" }).first().click();
  await page.getByText(/^Approved for /).waitFor();
  assert.equal(await clicks(), 1);
});

test("ZRG-102 ZRG-103 a drafted answer is approved with one click and goes out once", async () => {
  const draft = await eventually("an answer is drafted", async () => {
    const { body } = await demo.ask("GET", `${ws}/drafts?status=pending&limit=50`);
    return body.items.find((d) => d.text && !d.sending);
  });
  await page.goto(`${demo.url}/?view=inbox&clientId=demo&leadId=${draft.lead_id}&draftId=${draft.draft_id}`);
  const answer = page.getByLabel("Answer", { exact: true });
  await answer.waitFor();
  assert.equal(await answer.inputValue(), draft.text);
  const clicks = await countClicks(page);
  await page.getByRole("button", { name: "Approve & send" }).click();
  await page.locator(".saying", { hasText: "On its way." }).waitFor();
  assert.equal(await clicks(), 1);
  await eventually("it is sent", async () => {
    const { body } = await demo.ask("GET", `${ws}/leads/${draft.lead_id}`);
    return body.drafts.find((d) => d.draft_id === draft.draft_id).outcome === "sent_as_is";
  });
  const { body } = await demo.ask("GET", `${ws}/sandbox?limit=200`);
  assert.equal(body.items.filter((m) => m.body?.startsWith(draft.text)).length >= 1, true);
});

test("the next hot lead is taken and answered with two clicks", async () => {
  const clicks = await fromQueue();
  await page.getByRole("link", { name: "Inbox" }).click();
  await page.getByRole("heading", { name: "Why it is here" }).waitFor();
  const lead = /\/inbox\/(lead_\w+)/.exec(page.url())[1];
  const answer = page.getByRole("link", { name: "Answer by mail" });
  assert.match(await answer.getAttribute("href"), /^mailto:.+%40example\.com$/);
  await answer.click();
  await page.getByText("Yours now.").waitFor();
  assert.ok((await clicks()) <= 2, `${await clicks()} clicks`);
  const { body } = await demo.ask("GET", `${ws}/handoffs?limit=200`);
  assert.equal(body.items.find((h) => h.lead_id === lead).acknowledged_by, demo.email);
});

test("SS-31 SS-32 a failed step is found with its answer and tried again with two clicks, and history keeps both", async () => {
  const main = "/v1/workspaces/main";
  const made = await real.ask("PUT", `${main}/campaigns/offer`, {
    name: "Offer",
    intent: "end_user",
    enabled: true,
    attribution: { landing_page: "https://example.com/offer" },
    sequence: [
      { id: "hello", channel: "email", template: "hello", delay: "0s" },
      { id: "later", channel: "email", template: "later", delay: "9d" },
    ],
    templates: { hello: { subject: "Hello {firstName}", body: "Hello {firstName}" }, later: { body: "Once more, {firstName}" } },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  real.provider.answer = () => ({ status: 422, body: { statusCode: 422, name: "validation_error", message: "The from address is not verified." } });
  const enrolled = await real.ask("POST", `${main}/leads`, { campaign_id: "offer", email: "ana@example.com", fields: { firstName: "Ana" }, landing_page: "https://example.com/offer", consent: { email: { status: "granted", source: "test" } } });
  assert.ok(enrolled.status < 300, JSON.stringify(enrolled.body));
  const run = `offer__${enrolled.body.lead_id}`;
  await eventually("the step failed", async () => (await real.ask("GET", `${main}/runs/${run}`)).body.failed.length === 1);

  const other = await openPage(browser);
  await signIn(other, real);
  await other.goto(`${real.url}/sender/queue/${run}?ws=main`);
  await other.getByText("validation_error").first().waitFor();
  await other.locator(".touch dt", { hasText: "attempts" }).waitFor();
  assert.match(await other.locator(".touch").textContent(), /mail, failed/);

  real.provider.answer = () => ({ status: 200 });
  const clicks = await fromQueue(real, "&status=done", other);
  // The run goes on, and still the view says that somebody has to look.
  await other.getByRole("link", { name: /^failed 0 ?\+ 1 step$/ }).click();
  await other.getByRole("button", { name: "Retry step" }).click();
  await other.getByText("Will be tried again, through all gates.").waitFor();
  assert.ok((await clicks()) <= 2, `${await clicks()} clicks`);
  const sent = await eventually("it is sent", async () => {
    const { body } = await real.ask("GET", `${main}/runs/${run}`);
    return body.history.some((h) => h.outcome === "sent") && body;
  });
  assert.deepEqual(sent.history.map((h) => `${h.step_id} ${h.outcome}`), ["hello blocked", "hello sent"]);
  assert.equal(real.provider.accepted.length, 1);
  assert.deepEqual(real.provider.refused, []);
  assert.deepEqual(other.complaints, []);
  await other.context().close();
});

test("a failed step is tried again by keys alone", async () => {
  const main = "/v1/workspaces/main";
  real.provider.answer = () => ({ status: 422, body: { statusCode: 422, name: "validation_error", message: "No." } });
  const { body } = await real.ask("POST", `${main}/leads`, { campaign_id: "offer", email: "dora@example.com", fields: { firstName: "Dora" }, landing_page: "https://example.com/offer", consent: { email: { status: "granted", source: "test" } } });
  const run = `offer__${body.lead_id}`;
  await eventually("the step failed", async () => (await real.ask("GET", `${main}/runs/${run}`)).body.failed.length === 1);
  real.provider.answer = () => ({ status: 200 });
  const other = await openPage(browser);
  await signIn(other, real);
  await fromQueue(real, "&status=done", other);
  await tabTo(other, /^failed/);
  await other.keyboard.press("Enter");
  await other.getByRole("row", { name: /Dora/ }).waitFor();
  await tabTo(other, /^Retry step$/);
  await other.keyboard.press("Enter");
  await eventually("it is sent", async () => (await real.ask("GET", `${main}/runs/${run}`)).body.history.some((h) => h.outcome === "sent"));
  await other.context().close();
});

test("SS-33 a failed step of somebody who opted out has a reason in place of a button", async () => {
  const main = "/v1/workspaces/main";
  real.provider.answer = () => ({ status: 422, body: { statusCode: 422, name: "validation_error", message: "No." } });
  const { body } = await real.ask("POST", `${main}/leads`, { campaign_id: "offer", email: "ben@example.com", fields: { firstName: "Ben" }, landing_page: "https://example.com/offer", consent: { email: { status: "granted", source: "test" } } });
  const run = `offer__${body.lead_id}`;
  await eventually("the step failed", async () => (await real.ask("GET", `${main}/runs/${run}`)).body.failed.length === 1);
  await real.ask("POST", `${main}/events`, { id: "out-ben", kind: "unsubscribed", occurred_at: new Date().toISOString(), lead: { email: "ben@example.com" } });
  const other = await openPage(browser);
  await signIn(other, real);
  await other.goto(`${real.url}/sender/queue/${run}?ws=main`);
  await other.getByText(/^not now: asked not to be written to/).waitFor();
  assert.equal(await other.getByRole("button", { name: "Retry step" }).count(), 0);
  assert.equal((await real.ask("POST", `${main}/runs/${run}/retry`, { step: "hello" })).status, 409);
  await other.context().close();
});

test("an account shows how long its calls take, and an open circuit", async () => {
  const main = "/v1/workspaces/main";
  const other = await openPage(browser);
  await signIn(other, real, "/operations?ws=main");
  const row = other.getByRole("row", { name: /mail/ });
  await row.getByText("closed").waitFor();
  await row.getByText(/ms, 95 %/).waitFor();
  real.provider.answer = () => ({ status: 429, body: { statusCode: 429, name: "rate_limit_exceeded", message: "Slow down." } });
  await real.ask("POST", `${main}/leads`, { campaign_id: "offer", email: "cy@example.com", fields: { firstName: "Cy" }, landing_page: "https://example.com/offer", consent: { email: { status: "granted", source: "test" } } });
  await row.getByText(/^(open|tries one call)$/).waitFor();
  await row.getByText(/failures/).waitFor();
  real.provider.answer = () => ({ status: 200 });
  await row.getByText("closed").waitFor({ timeout: 40_000 });
  await other.context().close();
});

test("SS-55 the earlier address of a campaign's messages leads to the new one", async () => {
  const old = `${demo.url}/google-ads/campaigns/investor/messaging?ws=demo`;
  const answer = await fetch(old, { redirect: "manual" });
  assert.equal(answer.status, 308);
  assert.equal(answer.headers.get("location"), "/campaigns/investor/messaging?ws=demo");
  await page.goto(old);
  await page.getByRole("heading", { name: "Investor relations" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/campaigns/investor/messaging");
});
