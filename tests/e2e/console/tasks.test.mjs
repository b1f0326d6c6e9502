// What operators come for, by hand and by keys alone, on the demo's people.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, openBrowser, openPage, signIn, startDemo } from "./world.mjs";

let demo, browser, page;
const ws = "/v1/workspaces/demo";
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
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
  await demo?.end();
});

const consent = { email: { status: "granted", source: "test" } };
const go = async (path, heading) => {
  await page.goto(demo.url + path);
  await page.getByRole("heading", { name: heading, exact: true }).first().waitFor();
};

test("the queue shows counts, and the gate each run waits at", async () => {
  await go("/sender/queue?ws=demo&status=paused", "Queue");
  const { body } = await demo.ask("GET", `${ws}/runs?status=paused`);
  await page.getByRole("row").nth(1).waitFor();
  const shown = await page.getByRole("link", { name: /^paused \d+/ }).textContent();
  assert.ok(Math.abs(Number(/\d+/.exec(shown)[0]) - body.counts.paused) <= 5, `${shown} against ${body.counts.paused}`);
  await page.getByRole("cell", { name: /Approval/ }).first().waitFor();
});

test("task: a prepared message is approved with one click, and the list changes by itself", async () => {
  await go("/sender/queue?ws=demo&status=paused", "Queue");
  const approve = page.getByRole("button", { name: "Approve" }).first();
  await approve.click();
  await page.getByText(/^Approved for /).waitFor();
});

test("task: a prepared message is approved by keys alone", async () => {
  await go("/sender/queue?ws=demo&status=paused", "Queue");
  await page.getByRole("button", { name: "Approve" }).first().waitFor();
  const rows = await page.getByRole("row").evaluateAll((all) => all.slice(1).map((r) => r.textContent ?? ""));
  const at = rows.findIndex((t) => t.includes("Approve"));
  for (let i = 0; i <= at; ++i) await page.keyboard.press("j");
  await page.keyboard.press("a");
  await page.getByText(/^Approved for /).waitFor();
});

test("task: the next hot lead is taken notice of and handed back by keys alone", async () => {
  await page.goto(`${demo.url}/sender/queue?ws=demo`);
  await page.getByRole("heading", { name: "Queue" }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await page.getByRole("heading", { name: "Inbox" }).waitFor();
  await page.locator(".rows > a").first().waitFor();
  await page.keyboard.press("j");
  await page.getByRole("heading", { name: "Why it is here" }).waitFor();
  const lead = /\/inbox\/(lead_\w+)/.exec(page.url())[1];
  await page.keyboard.press("e");
  await page.getByText("Yours now.").waitFor();
  const handoff = await eventually("the lead is acknowledged", async () => {
    const { body } = await demo.ask("GET", `${ws}/handoffs?limit=200`);
    return body.items.find((h) => h.lead_id === lead && h.acknowledged_by);
  });
  assert.equal(handoff.acknowledged_by, demo.email);
  await go(`/inbox/${lead}?ws=demo&show=mine`, "Inbox");
  await page.getByRole("heading", { name: "Why it is here" }).waitFor();
  await page.keyboard.press("r");
  await page.getByText("Back to automation.").waitFor();
  const { body } = await demo.ask("GET", `${ws}/leads/${lead}`);
  assert.equal(body.owner, "automation");
});

test("task: why was this not sent: from the queue to the ladder in two clicks, and the replay proves it", async () => {
  const run = await eventually("a run waits for approval", async () => {
    const { body } = await demo.ask("GET", `${ws}/runs?status=paused&limit=200`);
    return body.items.find((r) => r.reason === "awaiting_approval");
  });
  await go("/sender/queue?ws=demo&status=paused", "Queue");
  await page.locator(`a[href*="/leads/${run.lead_id}"]`).first().click();
  const silent = page.getByText(/^Not sent \(/).first();
  await silent.waitFor();
  await page.locator(".timeline li", { has: page.getByText(/^Not sent \(/) }).first().getByRole("link").click();
  await page.getByText(/stopped at Approval/).waitFor();
  assert.equal(await page.locator(".ladder li").count(), 14);
  await page.getByRole("button", { name: "Replay" }).click();
  await page.getByText(/^The same: \d+ decisions made again, none differs\./).waitFor();
});

test("task: a campaign is switched off and on with one click each", async () => {
  await go("/campaigns?ws=demo", "Campaigns");
  const row = page.getByRole("row", { name: /Investor relations/ });
  await row.getByRole("button", { name: "Disable" }).click();
  await row.getByRole("button", { name: "Enable" }).click();
  await row.getByRole("button", { name: "Disable" }).waitFor();
  const { body } = await demo.ask("GET", `${ws}/campaigns/investor`);
  assert.equal(body.definition.enabled, true);
});

test("an edit that cannot be rendered is refused and says where", async () => {
  await go("/campaigns/investor/messaging?ws=demo", "Investor relations");
  const text = page.getByLabel("Text").first();
  await text.fill("Hello {firstNam}, {");
  await page.getByRole("button", { name: "Check and save" }).click();
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.textContent(), /templates/);
  await text.fill("Hello {firstName}, would you like to talk?");
  await page.getByRole("button", { name: "Check and save" }).click();
  await page.getByText(/^Saved\./).waitFor();
});

test("everything is stopped with two clicks from any page, and goes on again", async () => {
  await go("/decisions?ws=demo", "Decisions");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("button", { name: "Stop sending now" }).click();
  await page.getByText(/^Sending is stopped\./).waitFor();
  assert.equal((await demo.ask("GET", `${ws}/stop`)).body.stopped, true);
  await page.getByRole("button", { name: "Stopped" }).click();
  await page.getByRole("button", { name: "Let sending go on" }).click();
  await page.getByText("Sending goes on.").waitFor();
  assert.equal((await demo.ask("GET", `${ws}/stop`)).body.stopped, false);
});

test("what happens shows without a reload, also after the stream was cut", async () => {
  const enrol = (name) =>
    demo.ask("POST", `${ws}/leads`, {
      campaign_id: "investor",
      consent,
      email: `${name}@example.com`,
      fields: { firstName: name },
      landing_page: "https://example.com/investors",
    });
  await go("/leads?ws=demo&q=live-", "Leads");
  await page.getByRole("heading", { name: "No lead is found" }).waitFor();
  await page.getByText("live", { exact: true }).waitFor();
  const first = await enrol("live-one");
  assert.ok(first.status < 300, JSON.stringify(first.body));
  await page.getByRole("link", { name: "live-one" }).waitFor();
  await page.context().setOffline(true);
  await enrol("live-two");
  await page.context().setOffline(false);
  await page.getByRole("link", { name: "live-two" }).waitFor({ timeout: 30_000 });
});

test("the stream goes on from the last event, and says reset when it cannot", async () => {
  const read = async (last, enough) => {
    const stop = new AbortController();
    const answer = await fetch(`${demo.url}${ws}/stream`, { headers: { Authorization: `Bearer ${demo.key}`, ...(last ? { "Last-Event-ID": last } : {}) }, signal: stop.signal });
    assert.equal(answer.status, 200);
    let text = "";
    const reader = answer.body.getReader();
    while (!enough(text)) {
      const { value, done } = await reader.read();
      if (done) break;
      text += new TextDecoder().decode(value);
    }
    stop.abort();
    return text;
  };
  const hello = await read("", (t) => /event: hello/.test(t));
  const id = /id: (\S+)\nevent: hello/.exec(hello)[1];
  const lead = (await demo.ask("GET", `${ws}/leads?limit=1`)).body.items[0].lead_id;
  assert.ok((await demo.ask("POST", `${ws}/leads/${lead}/take`, {})).status < 300);
  const missed = await read(id, (t) => t.includes(lead));
  assert.match(missed, /event: lead/);
  assert.match(await read("9999.1", (t) => /event: /.test(t)), /event: reset/);
});

test("ZRG-110 a message shows as text with links that lead where they say, and nothing else becomes a link", async () => {
  const made = await demo.ask("POST", `${ws}/leads`, { campaign_id: "investor", consent, email: "linda@example.com", fields: { firstName: "Linda" }, landing_page: "https://example.com/investors" });
  const text = "See https://example.com/a?b=1&c=2. Or [our offer](https://elsewhere.example/x), not [this](javascript:alert(1)) nor javascript:alert(2)\nsecond line <b>bold</b> https://example.com/%22onclick=%22x";
  const reply = await demo.ask("POST", `${ws}/events`, {
    id: "links-reply",
    kind: "reply_received",
    occurred_at: (await fetch(`${demo.url}/healthz`)).headers.get("x-heed-now"),
    channel: "email",
    lead: { email: "linda@example.com" },
    message: { text },
  });
  assert.ok(reply.status < 300, JSON.stringify(reply.body));
  await page.goto(`${demo.url}/leads/${made.body.lead_id}?ws=demo`);
  const words = page.locator(".talk .inbound .words");
  await words.waitFor();
  const links = await words.locator("a").evaluateAll((all) => all.map((a) => [a.getAttribute("href"), a.textContent, a.rel, a.target]));
  assert.deepEqual(links.map((l) => l[0]), ["https://example.com/a?b=1&c=2", "https://elsewhere.example/x", "https://example.com/%22onclick=%22x"]);
  assert.equal(links[1][1], "our offer (elsewhere.example)");
  for (const l of links) assert.deepEqual(l.slice(2), ["noopener noreferrer", "_blank"]);
  assert.match(await words.innerText(), /\(1\)\) nor javascript:alert\(2\)\nsecond line <b>bold<\/b>/);
  assert.equal(await words.locator("b").count(), 0);
  assert.deepEqual(page.complaints, []);
});

test("names and messages that are markup are shown as text and do nothing", async () => {
  const markup = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>';
  const made = await demo.ask("POST", `${ws}/leads`, {
    campaign_id: "investor",
      consent,
    email: "mallory@example.com",
    fields: { firstName: markup, company: '"><svg onload=window.hurt=1>' },
    landing_page: "https://example.com/investors",
  });
  assert.ok(made.status < 300, JSON.stringify(made.body));
  const lead = made.body.lead_id;
  const reply = await demo.ask("POST", `${ws}/events`, {
    id: "xss-reply",
    kind: "reply_received",
    occurred_at: new Date(Date.parse((await fetch(`${demo.url}/healthz`)).headers.get("x-heed-now"))).toISOString(),
    channel: "email",
    lead: { email: "mallory@example.com" },
    message: { subject: "<b>bold</b>", text: `${markup} javascript:alert(1)` },
  });
  assert.ok(reply.status < 300, JSON.stringify(reply.body));
  for (const path of [`/leads/${lead}`, `/inbox/${lead}`, "/leads", "/sender/queue", `/leads/${lead}/decisions/1`]) {
    await page.goto(`${demo.url}${path}?ws=demo&show=all&q=mallory`);
    await page.locator("main h1, main h2").first().waitFor();
    if (path.endsWith(lead) || path === "/leads") await page.locator("main").getByText(/onerror/).first().waitFor();
    assert.equal(await page.evaluate(() => window.hurt), undefined, path);
    assert.equal(await page.locator("main img, main svg, main script").count(), 0, path);
  }
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(page.foreign, []);
});
