// A real `heed` with its demo people, and a real browser that looks at it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
