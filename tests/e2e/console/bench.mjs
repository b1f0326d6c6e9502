// How the console feels on a full house: first view, what a click takes, and the tab's memory over minutes, with so many
// leads and so many events a second. Run by scripts/bench console; one JSON line a measure.
import { Agent, request } from "node:http";
import { eventually, openBrowser, openPage, signIn, startSandbox } from "./world.mjs";

const given = Object.fromEntries(process.argv.slice(2).map((a) => a.split("=")));
const leads = Number(given.leads ?? 100_000);
const perSecond = Number(given.events ?? 50);
const minutes = Number(given.minutes ?? 10);
const say = (measure, figures) => console.log(JSON.stringify({ measure, leads, events_per_second: perSecond, ...figures }));
const note = (text) => console.error(text);

const agent = new Agent({ keepAlive: true, maxSockets: 48 });
/** One POST on a kept connection; the status is enough. */
const post = (h, path, body) =>
  new Promise((done, broken) => {
    const text = JSON.stringify(body);
    const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text), ...h.signed, Prefer: "return=minimal" };
    const r = request(h.url + path, { method: "POST", agent, headers }, (answer) => {
      answer.resume();
      answer.on("end", () => done(answer.statusCode));
    });
    r.on("error", broken);
    r.end(text);
  });

async function each(n, width, work) {
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    while (next < n) await work(next++);
  }));
}

const address = (i) => `lead-${i}@example.com`;
const campaign = {
  name: "House",
  intent: "end_user",
  enabled: true,
  attribution: { landing_page: "https://example.com/house" },
  sequence: [
    { id: "one", channel: "email", template: "one", delay: "0s" },
    { id: "two", channel: "email", template: "two", delay: "30d" },
  ],
  templates: { one: { subject: "Hello {firstName}", body: "Hello {firstName}" }, two: { body: "Once more, {firstName}" } },
};

async function fill(h) {
  const began = Date.now();
  let refused = 0;
  await each(leads, 48, async (i) => {
    const person = { id: `enrol-${i}`, campaign_id: "house", email: address(i), fields: { firstName: `Lead ${i}` }, landing_page: "https://example.com/house", consent: { email: { status: "granted", source: "bench" } } };
    for (;;) {
      const status = await post(h, "/v1/workspaces/main/leads", person);
      if (status < 300) break;
      if (status !== 503 && status !== 429) throw new Error(`POST /leads: ${status}`);
      ++refused;
      await new Promise((go) => setTimeout(go, 50));
    }
    if (i % 10_000 === 9_999) note(`${i + 1} leads after ${Math.round((Date.now() - began) / 1000)} s`);
  });
  await eventually("all are decided", async () => (await h.ask("GET", "/admin/counts")).body.pending === 0, 600_000);
  say("fill", { seconds: (Date.now() - began) / 1000, told_to_wait: refused });
}

/** Clicks, views and a reply now and then, of people drawn evenly; stops when told. */
function startEvents(h) {
  let n = 0;
  const timer = setInterval(() => {
    const kind = n % 25 === 0 ? "reply_received" : n % 2 ? "page_viewed" : "link_clicked";
    const event = { id: `live-${n}`, kind, occurred_at: new Date().toISOString(), lead: { email: address((n * 7919) % leads) }, channel: "email", attributes: { url: "https://example.com/house", page: "https://example.com/house" } };
    if (kind === "reply_received") event.message = { text: "Tell me more." };
    ++n;
    void post(h, "/v1/workspaces/main/events", event).catch(() => undefined);
  }, 1000 / perSecond);
  return { stop: () => clearInterval(timer), sent: () => n };
}

const sorted = (values) => [...values].sort((a, b) => a - b);
const at = (values, share) => Math.round(sorted(values)[Math.min(values.length - 1, Math.floor(share * values.length))] * 10) / 10;

/** From the address typed to the rows on the screen, in the page's own clock. */
async function firstViews(h, page, path, row) {
  const times = [];
  for (let i = 0; i < 10; ++i) {
    await page.goto(h.url + path);
    await page.locator(row).first().waitFor();
    times.push(await page.evaluate(() => performance.now()));
  }
  say("first_view", { page: path.split("?")[0], median_ms: at(times, 0.5), worst_ms: at(times, 1) });
}

/** From the click to the next paint (what a hand feels), and to the new rows (what an eye waits for). */
async function interactions(h, page) {
  await page.goto(`${h.url}/sender/queue?ws=main&status=running`);
  await page.locator("tbody tr").first().waitFor();
  const paints = [];
  const shown = [];
  for (let i = 0; i < 40; ++i) {
    const status = i % 2 ? "running" : "paused";
    const took = await page.evaluate(async (name) => {
      const tab = [...document.querySelectorAll(".tabs a")].find((a) => a.textContent.startsWith(name));
      const began = performance.now();
      tab.click();
      await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
      const painted = performance.now() - began;
      while (!(location.search.includes(`status=${name}`) && document.querySelector("tbody tr, .empty") && document.querySelector(".tabs a[aria-current]")?.textContent.startsWith(name) && !document.querySelector(".loading")))
        await new Promise((go) => requestAnimationFrame(go));
      return [painted, performance.now() - began];
    }, status);
    paints.push(took[0]);
    shown.push(took[1]);
    await page.waitForTimeout(150);
  }
  say("interaction", { clicks: paints.length, next_paint_p95_ms: at(paints, 0.95), next_paint_worst_ms: at(paints, 1), rows_median_ms: at(shown, 0.5), rows_p95_ms: at(shown, 0.95) });
}

const rooms = ["Inbox", "Leads", "Campaigns", "Decisions", "Operations", "Queue"];
/** Through all pages and back, as somebody does who works with it. */
async function walk(page) {
  for (const name of rooms) {
    await page.getByRole("navigation", { name: "Pages" }).first().getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
    await page.waitForTimeout(500);
  }
  await page.locator("tbody tr").first().waitFor();
}

/** The tab's heap after a collection, every half minute while events stream in and somebody walks about in it. */
async function memory(h, page, events) {
  await page.goto(`${h.url}/sender/queue?ws=main&status=running`);
  await page.locator("tbody tr").first().waitFor();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const heap = async () => {
    await devtools.send("HeapProfiler.collectGarbage");
    const { metrics } = await devtools.send("Performance.getMetrics");
    const of = (name) => metrics.find((m) => m.name === name).value;
    return { mib: of("JSHeapUsedSize") / 2 ** 20, nodes: of("Nodes"), listeners: of("JSEventListeners") };
  };
  const samples = [];
  const end = Date.now() + minutes * 60_000;
  do {
    await page.waitForTimeout(Math.min(30_000, Math.max(1_000, end - Date.now())));
    await walk(page);
    samples.push(await heap());
    note(`${samples.at(-1).mib.toFixed(2)} MiB, ${samples.at(-1).nodes} nodes`);
  } while (Date.now() < end);
  const of = (name) => samples.map((s) => Math.round(s[name] * 100) / 100);
  say("memory", { minutes, events: events.sent(), first_mib: of("mib")[0], last_mib: of("mib").at(-1), most_mib: Math.max(...of("mib")), first_nodes: of("nodes")[0], last_nodes: of("nodes").at(-1), last_listeners: of("listeners").at(-1) });
}

const h = await startSandbox();
const browser = await openBrowser();
try {
  await h.ask("PUT", "/v1/workspaces/main/campaigns/house", campaign);
  await fill(h);
  const page = await openPage(browser);
  await signIn(page, h);
  const events = startEvents(h);
  await page.waitForTimeout(3_000);
  await firstViews(h, page, "/sender/queue?ws=main&status=running", "tbody tr");
  await firstViews(h, page, "/leads?ws=main", "tbody tr");
  await firstViews(h, page, "/inbox?ws=main", ".rows > a");
  await firstViews(h, page, "/decisions?ws=main&days=7", ".legend");
  await interactions(h, page);
  await memory(h, page, events);
  events.stop();
} finally {
  await browser.close();
  await h.end();
}
