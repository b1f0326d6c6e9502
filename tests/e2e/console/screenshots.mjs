// Pictures of every page for the documentation; run by scripts/screenshots, no test.
import { test } from "node:test";
import { eventually, openBrowser, openPage, signIn, startDemo } from "./world.mjs";

const folder = process.env.SCREENSHOTS;

test("pictures", { skip: !folder }, async () => {
  const [demo, browser] = await Promise.all([startDemo(120), openBrowser()]);
  const ws = "/v1/workspaces/demo";
  const lead = await eventually("enough has happened", async () => {
    const { body } = await demo.ask("GET", `${ws}/runs?status=running&limit=100`);
    const hot = (await demo.ask("GET", `${ws}/handoffs?open=true`)).body.items;
    return body.items.some((r) => r.waiting_at) && hot.length > 5 && hot[0].lead_id;
  });
  const draft = await eventually("an answer waits for a person", async () => {
    const { body } = await demo.ask("GET", `${ws}/drafts?status=pending&limit=50`);
    return body.items.find((d) => d.text && !d.sending && !d.stale && d.channel === "email");
  });
  const { body } = await demo.ask("GET", `${ws}/runs?status=running&limit=100`);
  const waiting = body.items.find((r) => r.waiting_at);
  const { items } = (await demo.ask("GET", `${ws}/leads/${waiting.lead_id}/journal?limit=200`)).body;
  const silent = items.find((d) => d.verdicts.some((v) => v.gates.some((g) => g.outcome !== "pass"))) ?? items[0];
  const pages = {
    queue: "/sender/queue?ws=demo&status=running",
    lead: `/leads/${lead}?ws=demo`,
    decision: `/leads/${waiting.lead_id}/decisions/${silent.seq}?ws=demo`,
    inbox: `/inbox/${draft.lead_id}?ws=demo&show=all`,
    campaign: "/campaigns/investor/messaging?ws=demo",
    decisions: "/decisions?ws=demo&days=7",
    operations: "/operations?ws=demo",
  };
  const looks = { light: { colorScheme: "light" }, dark: { colorScheme: "dark" }, narrow: { colorScheme: "light", viewport: { width: 360, height: 740 } } };
  for (const [look, options] of Object.entries(looks)) {
    const page = await openPage(browser, options);
    await signIn(page, demo);
    await page.goto(`${demo.url}/campaigns/end-user/messaging?ws=demo`);
    await page.getByRole("button", { name: "Show what would happen" }).click();
    await page.getByRole("figure").first().waitFor();
    await page.getByRole("heading", { name: "What if it goes live" }).evaluate((h) => h.scrollIntoView());
    await page.waitForTimeout(600);
    await page.screenshot({ path: `${folder}/what-if-${look}.png` });
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(demo.url + path);
      await page.locator("main h1, main h2").first().waitFor();
      // The answer that waits is what the inbox is for; where all does not fit, it is what is seen.
      if (name === "inbox") await page.locator(".composer").evaluate((c) => c.scrollIntoView({ block: "nearest" }));
      await page.waitForTimeout(600);
      await page.screenshot({ path: `${folder}/${name}-${look}.png` });
    }
    await page.context().close();
  }
  await browser.close();
  await demo.end();
});
