// Before a campaign goes live: its steps are written, looked at and foreseen; and what restraint did is read afterwards.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, openBrowser, openPage, signIn, startDemo } from "./world.mjs";

let demo, browser, page;
const ws = "/v1/workspaces/demo";
const consent = { email: { status: "granted", source: "test" } };
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
  page = await openPage(browser);
  await signIn(page, demo);
});
after(async () => {
  await browser?.close();
  await demo?.end();
});

const stored = async (id) => (await demo.ask("GET", `${ws}/campaigns/${id}`)).body.definition;
/** A campaign of this test's own, off, on its page. */
async function prepared(id, name) {
  await demo.ask("POST", `${ws}/campaigns/${id}/prepare`, { intent: "investor", name });
  await page.goto(`${demo.url}/campaigns/${id}/messaging?ws=demo`);
  await page.getByRole("heading", { name, exact: true }).waitFor();
}
const card = (step) => page.locator(".sequence > li", { has: page.getByText(new RegExp(`^\\d+\\. ${step}$`)) });

test("steps are added, written, moved and removed, and each text is checked while it is written", async () => {
  await prepared("fair", "Fair");
  const before = (await stored("fair")).sequence.map((s) => s.id);
  await page.getByRole("button", { name: "Add a step" }).click();
  const id = `step${before.length + 1}`;
  const added = card(id);
  await added.getByText("is missing").waitFor();
  await added.getByLabel("Channel").selectOption("sms");
  await added.getByLabel("Delay").fill("3 days");
  await added.getByLabel("Text").fill("Hello {firstNam}");
  await added.getByText(/did you mean firstName/).waitFor();
  await added.locator(".wrong", { hasText: /3h|90s|2d/ }).first().waitFor();
  await page.getByRole("button", { name: "Check and save" }).click();
  await page.getByRole("alert").first().waitFor();
  assert.deepEqual((await stored("fair")).sequence.map((s) => s.id), before);
  await added.getByLabel("Delay").fill("3d");
  await added.getByLabel("Text").fill("Hello {firstName}, shall we talk?");
  await page.getByText("Hello ‹firstName›, shall we talk?").waitFor();
  await page.getByRole("button", { name: `Move ${id} up` }).click();
  await page.getByRole("button", { name: "Check and save" }).click();
  await page.getByText(/^Saved\./).waitFor();
  const wanted = [...before.slice(0, -1), id, before.at(-1)];
  let now = await stored("fair");
  assert.deepEqual(now.sequence.map((s) => s.id), wanted);
  assert.equal(now.sequence.find((s) => s.id === id).channel, "sms");
  assert.equal(now.templates[id].body, "Hello {firstName}, shall we talk?");
  await page.getByRole("button", { name: `Remove ${id}` }).click();
  await page.getByRole("button", { name: "Check and save" }).click();
  await eventually("the step is gone", async () => ((now = await stored("fair")), now.sequence.length === before.length));
  assert.equal(now.templates[id], undefined);
  assert.deepEqual(page.complaints, []);
});

test("SS-54 name, landing page and hours of a campaign are edited too", async () => {
  await prepared("hours", "Hours");
  await page.getByText("Name, landing page, hours").click();
  await page.getByLabel("Name", { exact: true }).fill("Opening hours");
  await page.getByLabel("Landing page").fill("https://example.com/hours");
  await page.getByLabel(/only in business hours/).check();
  await page.getByLabel("sat").check();
  await page.getByLabel("from", { exact: true }).fill("08:30");
  await page.getByRole("button", { name: "Check and save" }).click();
  await page.getByRole("heading", { name: "Opening hours" }).waitFor();
  const now = await stored("hours");
  assert.equal(now.attribution.landing_page, "https://example.com/hours");
  assert.deepEqual(now.business_hours.days, ["mon", "tue", "wed", "thu", "fri", "sat"]);
  assert.equal(now.business_hours.from, "08:30");
});

test("SS-51 SS-52 SS-53 what would be prepared is shown before it takes the place of anything", async () => {
  await prepared("setup", "Setup");
  const before = await stored("setup");
  const setup = page.locator("section", { has: page.getByRole("heading", { name: "Prepare a follow-up for me" }) });
  await setup.getByRole("button", { name: /People with a request/ }).click();
  await setup.getByRole("list", { name: "What would be prepared" }).getByText("reminder").waitFor();
  assert.deepEqual(await stored("setup"), before);
  await setup.getByRole("button", { name: "Use this" }).click();
  await card("reminder").waitFor();
  assert.deepEqual(await stored("setup"), before);
  await page.getByRole("button", { name: "Check and save" }).click();
  await page.getByText(/^Saved\./).waitFor();
  const now = await stored("setup");
  assert.equal(now.intent, "end_user");
  assert.equal(now.name, "Setup");
  assert.equal(now.enabled, false);
});

test("what a campaign would do is shown day by day, and nobody is written to", async () => {
  await prepared("what-if", "What if");
  const section = page.locator("section", { has: page.getByRole("heading", { name: "What if it goes live" }) });
  await section.getByRole("spinbutton", { name: "People" }).fill("40");
  await section.getByRole("spinbutton", { name: "Days" }).fill("12");
  await section.getByRole("button", { name: "Show what would happen" }).click();
  const sends = section.getByRole("figure").filter({ hasText: "Messages per day, by channel" });
  await sends.waitFor();
  assert.match(await sends.locator(".legend").textContent(), /email \d+/);
  assert.ok((await sends.locator("canvas").count()) === 1);
  await sends.getByText("As a table").click();
  assert.ok((await sends.getByRole("row").count()) >= 13);
  await section.getByRole("figure").filter({ hasText: "waited, by gate" }).waitFor();
  await section.getByText(/40 people, 12 days/).waitFor();
  const { body } = await demo.ask("GET", `${ws}/campaigns/what-if/forecast`);
  assert.equal(body.state, "done");
  assert.equal((await stored("what-if")).enabled, false);
  assert.deepEqual((await demo.ask("GET", `${ws}/leads?q=person-1@example.com`)).body.items, []);
  const seen = (await demo.ask("GET", `${ws}/sandbox?limit=200`)).body.items;
  assert.equal(seen.some((m) => m.to.startsWith("person-")), false);
  assert.doesNotMatch(demo.said, /campaign=what-if/);
  assert.deepEqual(page.complaints, []);
});

test("an unsaved change is part of what is foreseen, and a list is refused by its line", async () => {
  await prepared("draft", "Draft");
  const section = page.locator("section", { has: page.getByRole("heading", { name: "What if it goes live" }) });
  const steps = (await stored("draft")).sequence.length;
  for (let i = steps; i > 1; --i) await page.getByRole("button", { name: /^Remove / }).last().click();
  await section.getByText("Your unsaved changes are part of it.").waitFor();
  await section.getByText("With a list of your own").click();
  await section.getByLabel(/CSV with a header/).fill("email,firstName\nnobody,Bo\n");
  await section.getByRole("button", { name: "Show what would happen" }).click();
  assert.match(await section.getByRole("alert").textContent(), /line 2/);
  await section.getByLabel(/CSV with a header/).fill("email,firstName\nana@example.com,Ana\nbo@example.com,\n");
  await section.getByLabel("who come in over").selectOption("0");
  await section.getByRole("button", { name: "Show what would happen" }).click();
  await section.getByText(/2 people, 14 days/).waitFor();
  const { body } = await demo.ask("GET", `${ws}/campaigns/draft/forecast`);
  const sent = Object.values(body.report.days).reduce((all, d) => all + d.sent, 0);
  assert.equal(sent, 1);
  await section.getByText(/missing lead data/).waitFor();
  assert.equal((await stored("draft")).sequence.length, steps);
});

test("a long forecast can be given up, there is one at a time, and it does not hold a stopping node", async () => {
  await prepared("long", "Long");
  const section = page.locator("section", { has: page.getByRole("heading", { name: "What if it goes live" }) });
  const start = async () => {
    await section.getByRole("spinbutton", { name: "People" }).fill("2000");
    await section.getByRole("spinbutton", { name: "Days" }).fill("60");
    await section.getByRole("button", { name: "Show what would happen" }).click();
    await section.getByRole("progressbar").waitFor();
  };
  await start();
  const second = await demo.ask("POST", `${ws}/campaigns/investor/forecast`, {});
  assert.equal(second.status, 409);
  await section.getByRole("button", { name: "Give up" }).click();
  await section.getByText("It was given up.").waitFor();
  await eventually("another may begin", async () => (await demo.ask("POST", `${ws}/campaigns/long/forecast`, { leads: 2000, days: 60 })).status === 202);
  const other = await startDemo(5);
  assert.equal((await other.ask("POST", `${ws}/campaigns/investor/forecast`, { leads: 2000, days: 60 })).status, 202);
  const began = Date.now();
  await other.end();
  assert.ok(Date.now() - began < 10_000, `${Date.now() - began} ms`);
});

test("who may not change a campaign may look at it", async () => {
  await demo.ask("PUT", "/v1/users/looker@demo.example", { name: "Looker", password: "a long password", roles: { demo: "reader" } });
  const other = await openPage(browser);
  await signIn(other, { url: demo.url, email: "looker@demo.example", password: "a long password" }, "/campaigns/investor/messaging?ws=demo");
  await other.getByRole("heading", { name: "Investor relations" }).waitFor();
  for (const name of ["Add a step", "Check and save", "Show what would happen", "Enable", "Disable"]) assert.equal(await other.getByRole("button", { name, exact: true }).count(), 0, name);
  assert.equal(await other.getByLabel("Text").first().isDisabled(), true);
  await other.goto(`${demo.url}/operations/users?ws=demo`);
  await other.getByRole("heading", { name: "Users", exact: true }).waitFor();
  await other.context().close();
});

test("the ledger shows what was not sent, why, and what happened after", async () => {
  const enrol = async (name) => (await demo.ask("POST", `${ws}/leads`, { campaign_id: "investor", consent, email: `${name}@example.com`, fields: { firstName: name, company: "Example" }, landing_page: "https://example.com/investors" })).body.lead_id;
  const now = async () => (await fetch(`${demo.url}/healthz`)).headers.get("x-heed-now");
  const lead = await enrol("Ledgerly");
  await demo.ask("POST", `${ws}/events`, { id: "out-ledgerly", kind: "unsubscribed", occurred_at: await now(), lead: { email: "Ledgerly@example.com" } });
  await demo.ask("POST", `${ws}/events`, { id: "form-ledgerly", kind: "form_submitted", occurred_at: await now(), lead: { email: "Ledgerly@example.com" }, attributes: { form: "contact", page: "https://example.com/" } });
  await page.goto(`${demo.url}/decisions?ws=demo&what=run_ended`);
  const row = page.getByRole("row", { name: /Ledgerly/ });
  await row.waitFor();
  const text = await row.textContent();
  assert.match(text, /numbers/);
  assert.match(text, /asked not to be written to/);
  assert.match(text, /filled a form/);
  await row.getByRole("link", { name: /asked not to be written to/ }).click();
  await page.getByRole("heading", { name: "Does it come out the same?" }).waitFor();
  assert.match(page.url(), new RegExp(`/leads/${lead}/decisions/\\d+`));
});

test("due steps are charted by day, and the table beside the bars adds up to the legend", async () => {
  await page.goto(`${demo.url}/decisions?ws=demo&days=7`);
  const figure = page.getByRole("figure").filter({ hasText: "What became of due steps" });
  await figure.locator("canvas").waitFor();
  await figure.getByText("As a table").click();
  // Read at once: the numbers move while one looks.
  const { legend, head, rows } = await figure.evaluate((f) => ({
    legend: [...f.querySelectorAll(".legend li")].map((li) => li.textContent.trim()),
    head: [...f.querySelectorAll("th")].map((th) => th.textContent),
    rows: [...f.querySelectorAll("tbody tr")].map((tr) => [...tr.children].map((td) => td.textContent)),
  }));
  assert.equal(rows.length, 8);
  for (const name of ["sent", "suppressed"]) {
    const column = head.indexOf(name);
    const sum = rows.reduce((all, r) => all + Number(r[column].replaceAll(",", "")), 0);
    assert.ok(sum > 0, name);
    assert.ok(legend.includes(`${name} ${sum.toLocaleString("en-US")}`), `${name} ${sum}: ${legend.join("; ")}`);
  }
});

test("an owner brings somebody in, changes the role and takes it away", async () => {
  await page.goto(`${demo.url}/operations?ws=demo`);
  await page.getByRole("link", { name: "Users of this workspace" }).click();
  await page.getByLabel("Email").fill("nina@example.com");
  await page.getByLabel("Name", { exact: true }).fill("Nina");
  await page.getByLabel("First password").fill("a long password");
  await page.getByRole("button", { name: "Give the role" }).click();
  await page.getByText("Nina may sign in as setter.").waitFor();
  const other = await openPage(browser);
  await signIn(other, { url: demo.url, email: "nina@example.com", password: "a long password" });
  await page.getByLabel("Role of Nina").selectOption("reader");
  await page.getByText("Nina is reader now.").waitFor();
  const row = page.getByRole("row", { name: /Nina/ });
  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByText("Nina has no role here any more.").waitFor();
  await row.waitFor({ state: "detached" });
  await eventually("Nina is signed out", () => other.evaluate(async () => (await fetch("/v1/workspaces/demo/runs")).status === 401));
  await other.context().close();
  assert.deepEqual(page.complaints, []);
});
