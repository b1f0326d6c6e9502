// A real `heed` with its demo people, and a real browser that looks at it.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const binary = process.env.HEED_BINARY;
if (!binary) throw new Error("HEED_BINARY must name the heed to test");

export async function eventually(what, holds, within = 60_000) {
  const end = Date.now() + within;
  for (;;) {
    const found = await holds();
    if (found) return found;
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
    await new Promise((go) => setTimeout(go, 100));
  }
}

const freePort = () =>
  new Promise((found) => {
    const s = createServer().listen(0, "127.0.0.1", () => {
      const { port } = s.address();
      s.close(() => found(port));
    });
  });

/** A process of heed; `said` grows while it runs. */
class Heed {
  static async start(args, env = {}, directory = mkdtempSync(join(tmpdir(), "heed-console-"))) {
    const h = new Heed();
    h.directory = directory;
    h.port = await freePort();
    h.url = `http://127.0.0.1:${h.port}`;
    h.said = "";
    h.process = spawn(binary, args(h), { env: { ...process.env, ...env, HEED_HTTP_PORT: String(h.port) } });
    for (const out of [h.process.stdout, h.process.stderr]) out.on("data", (d) => (h.said += d));
    await eventually("the node is ready", async () => {
      if (h.process.exitCode !== null) throw new Error(`heed ended: ${h.said}`);
      return fetch(`${h.url}/readyz`).then((r) => r.ok, () => false);
    });
    return h;
  }
  async stop() {
    const ended = new Promise((go) => this.process.once("exit", go));
    this.process.kill("SIGTERM");
    await ended;
  }
  async end() {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export async function startDemo(leads = 60) {
  const h = await Heed.start((x) => ["demo", "--dir", x.directory, "--port", String(x.port), "--time-scale", "600", "--leads", String(leads)]);
  await eventually("the credentials are printed", () => /API key/.test(h.said));
  h.password = /password (\S+?)\)/.exec(h.said)[1];
  h.key = /API key {2}(\S+)/.exec(h.said)[1];
  h.email = "owner@demo.example";
  h.ask = async (method, path, body) => {
    const r = await fetch(h.url + path, {
      method,
      headers: { Authorization: `Bearer ${h.key}`, Prefer: "wait=5", ...(body ? { "Content-Type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await r.text();
    return { status: r.status, body: text ? JSON.parse(text) : null };
  };
  return h;
}

export async function startEmpty(directory) {
  const h = await Heed.start((x) => {
    writeFileSync(join(x.directory, "heed.yaml"), "workspaces:\n  - id: main\n");
    return ["serve", "--config", join(x.directory, "heed.yaml"), "--store", `sqlite:${join(x.directory, "heed.db")}`];
  }, {}, directory);
  return h;
}

/** Plays Resend: asks what it asks of a request, then answers as the test says; remembers what it accepted. */
export async function startProvider(key) {
  const p = { answer: () => ({ status: 200, body: {} }), accepted: [], refused: [] };
  const wrong = (r, mail) =>
    (r.headers.authorization !== `Bearer ${key}` && [401, "missing_api_key"]) ||
    (r.headers["content-type"] !== "application/json" && [415, "invalid_content_type"]) ||
    (!r.headers["idempotency-key"] && [400, "invalid_idempotency_key"]) ||
    (!(mail.from && mail.subject && mail.to?.length && (mail.text || mail.html)) && [422, "missing_required_field"]);
  p.server = createHttpServer(async (r, out) => {
    let text = "";
    for await (const part of r) text += part;
    const say = (status, body) => out.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    if (r.method !== "POST" || r.url !== "/emails") return say(404, { name: "not_found" });
    const mail = JSON.parse(text);
    const fault = wrong(r, mail);
    if (fault) return p.refused.push(fault), say(fault[0], { statusCode: fault[0], name: fault[1], message: fault[1] });
    const { status, body } = p.answer(mail);
    if (status === 200) p.accepted.push(mail);
    say(status, status === 200 ? { id: randomUUID() } : body);
  });
  await new Promise((go) => p.server.listen(0, "127.0.0.1", go));
  p.url = `http://127.0.0.1:${p.server.address().port}`;
  return p;
}

/** Plays a gateway that answers within its own threads: who gets an answer is decided by the mail it names. */
export async function startThreads(key) {
  const g = { accepted: [], refused: [] };
  g.server = createHttpServer(async (r, out) => {
    let text = "";
    for await (const part of r) text += part;
    const say = (status, body) => out.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    const mail = JSON.parse(text);
    const fault =
      (r.headers.authorization !== `Bearer ${key}` && [401, "unauthorized"]) ||
      ((r.method !== "POST" || r.url !== "/reply") && [404, "not_found"]) ||
      (!(mail.subject && mail.body?.text && "reply_to_uuid" in mail) && [400, "bad_request"]);
    if (fault) return g.refused.push(fault), say(fault[0], { error: fault[1] });
    g.accepted.push(mail);
    say(200, { id: randomUUID() });
  });
  await new Promise((go) => g.server.listen(0, "127.0.0.1", go));
  g.url = `http://127.0.0.1:${g.server.address().port}`;
  return g;
}

/** Makes the first owner with the token of the log; `ask` and `signed` are theirs from then on. */
async function becomeOwner(h) {
  h.email = "ada@example.com";
  h.password = "correct horse battery";
  const [, token] = await eventually("the log holds the token", () => /console\.first_run token=(\w+)/.exec(h.said));
  const made = await fetch(`${h.url}/v1/first-run`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token, email: h.email, name: "Ada", password: h.password }) });
  h.signed = { Cookie: made.headers.get("set-cookie").split(";")[0], "X-Heed-CSRF": (await made.json()).csrf };
  h.ask = async (method, path, body) => {
    const headers = { ...h.signed, Prefer: "wait=5", ...(body ? { "Content-Type": "application/json" } : {}) };
    const r = await fetch(h.url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await r.text();
    return { status: r.status, body: text ? JSON.parse(text) : null };
  };
}

/** A node whose mailbox is the sandbox, at the speed of the clock. */
export async function startSandbox() {
  const h = await Heed.start((x) => {
    writeFileSync(
      join(x.directory, "heed.yaml"),
      `log: {level: warn}\nworkspaces:\n  - id: main\n    sender_name: Mia\n    accounts:\n      - {id: mail, channel: email, provider: sandbox, from: "mia@mail.example.com"}\n`,
    );
    return ["serve", "--config", join(x.directory, "heed.yaml"), "--store", `sqlite:${join(x.directory, "heed.db")}`];
  });
  await becomeOwner(h);
  return h;
}

/** A node whose one account calls that provider, with its first owner signed in. */
export async function startWithProvider() {
  const key = "re_for_tests_only_0123456789abcdef";
  const provider = await startProvider(key);
  const h = await Heed.start((x) => {
    writeFileSync(
      join(x.directory, "heed.yaml"),
      `public_url: "${provider.url}"\nworkspaces:\n  - id: main\n    sender_name: Mia\n    postal_address: "Acme, 1 Example Street, 10115 Berlin"\n    accounts:\n` +
        `      - {id: mail, channel: email, provider: resend, from: "mia@mail.example.com", base_url: "${provider.url}", max_per_second: 0, max_per_day: 0}\n`,
    );
    return ["serve", "--config", join(x.directory, "heed.yaml"), "--store", `sqlite:${join(x.directory, "heed.db")}`];
  }, { RESEND_API_KEY: key, HEED_SECRET_KEY: "a-key-for-tests-only-0123456789-abcdef" });
  h.provider = provider;
  await becomeOwner(h);
  const end = h.end.bind(h);
  h.end = async () => {
    await end();
    provider.server.close();
  };
  // The first account that reaches people comes with a stop.
  await h.ask("DELETE", "/v1/workspaces/main/stop");
  return h;
}

/** Goes on with Tab until what has the focus is called so; a person without a mouse does the same. */
export async function tabTo(page, name) {
  for (let i = 0; i < 120; ++i) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      return (e?.getAttribute("aria-label") || e?.labels?.[0]?.textContent || e?.textContent || "").trim();
    });
    if (name.test(at)) return;
  }
  throw new Error(`Tab does not reach ${name}`);
}

/** Counts what a hand would have to click from now on, until the page is loaded anew. */
export async function countClicks(page) {
  await page.evaluate(() => {
    window.clicks = 0;
    // A key that presses a button makes a click too, of no place.
    window.addEventListener("click", (e) => e.isTrusted && e.detail > 0 && ++window.clicks, true);
  });
  return () => page.evaluate(() => window.clicks);
}

export const openBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

/** A page that remembers everything the browser complained of. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (e) => page.complaints.push(e.message));
  page.on("console", (m) => {
    if (/Content Security Policy|TrustedHTML/.test(m.text())) page.complaints.push(m.text());
  });
  page.foreign = [];
  page.on("request", (r) => {
    const { hostname } = new URL(r.url());
    if (hostname !== "127.0.0.1") page.foreign.push(r.url());
  });
  page.setDefaultTimeout(20_000);
  return page;
}

export async function signIn(page, h, path = "/sender/queue") {
  await page.goto(h.url + path);
  await page.getByLabel("Email").fill(h.email);
  await page.getByLabel("Password").fill(h.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Pages" }).first().waitFor();
}
