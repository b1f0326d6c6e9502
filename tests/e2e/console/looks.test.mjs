// Every page: accessible (WCAG 2.1 AA as far as axe-core can tell), at every width, in both schemes.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { eventually, openBrowser, openPage, signIn, startDemo } from "./world.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let demo, browser, paths;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
  const lead = await eventually("somebody is hot", async () => (await demo.ask("GET", "/v1/workspaces/demo/handoffs?open=true")).body.items[0]?.lead_id);
  const run = (await demo.ask("GET", `/v1/workspaces/demo/runs?lead=${lead}`)).body.items[0].run_id;
  paths = {
    queue: "/sender/queue?ws=demo&status=paused",
    run: `/sender/queue/${run}?ws=demo`,
    leads: "/leads?ws=demo",
    lead: `/leads/${lead}?ws=demo`,
    decision: `/leads/${lead}/decisions/1?ws=demo`,
    inbox: `/inbox/${lead}?ws=demo`,
    campaigns: "/campaigns?ws=demo",
    campaign: "/campaigns/investor/messaging?ws=demo",
    decisions: "/decisions?ws=demo",
    operations: "/operations?ws=demo",
    users: "/operations/users?ws=demo",
    failed: "/sender/queue?ws=demo&status=failed",
  };
});
after(async () => {
  await browser?.close();
  await demo?.end();
});

/** The page's own policy forbids foreign scripts; the tool runs in a context that passes it by. */
async function problemsOf(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }));
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join("; ")}`);
}

for (const colorScheme of ["light", "dark"])
  test(`every page passes axe-core, ${colorScheme}`, async () => {
    const page = await openPage(browser, { colorScheme, bypassCSP: true });
    await page.goto(demo.url);
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    assert.deepEqual(await problemsOf(page), [], "sign-in");
    await signIn(page, demo);
    for (const [name, path] of Object.entries(paths)) {
      await page.goto(demo.url + path);
      await page.locator("main h1, main h2").first().waitFor().catch(() => assert.fail(`${name} shows nothing`));
      await page.waitForLoadState("load").catch(() => undefined);
      assert.deepEqual(await problemsOf(page), [], name);
    }
    await page.context().close();
  });

for (const width of [360, 768, 3840])
  test(`no page has to be scrolled sideways at ${width} px`, async () => {
    const page = await openPage(browser, { viewport: { width, height: 900 } });
    await signIn(page, demo);
    for (const [name, path] of Object.entries(paths)) {
      await page.goto(demo.url + path);
      await page.locator("main h1, main h2").first().waitFor().catch(() => assert.fail(`${name} shows nothing`));
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, name);
    }
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
