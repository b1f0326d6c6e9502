// Who gets in, who does not, and what the browser is told.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, openBrowser, openPage, signIn, startDemo, startEmpty } from "./world.mjs";

let demo, browser;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await demo?.end();
});

const post = (h, path, body, headers = {}) =>
  fetch(h.url + path, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });

test("a user signs in, and the session outlives a reload but not signing out", async () => {
  const page = await openPage(browser);
  await signIn(page, demo);
  await page.reload();
  await page.getByRole("heading", { name: "Queue" }).waitFor();
  const [cookie] = await page.context().cookies();
  assert.equal(cookie.httpOnly, true);
  assert.equal(cookie.sameSite, "Strict");
  await page.getByLabel("You", { exact: true }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  const again = await fetch(`${demo.url}/v1/workspaces/demo/runs`, { headers: { Cookie: `heed_session=${cookie.value}` } });
  assert.equal(again.status, 401);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("ZRG-9 a page without a session leads to signing in and from there back, and the API answers 401", async () => {
  const page = await openPage(browser);
  await page.goto(`${demo.url}/decisions?ws=demo&days=7`);
  await page.waitForURL((u) => u.pathname === "/sign-in" && u.searchParams.get("next") === "/decisions?ws=demo&days=7");
  assert.equal(await page.getByRole("navigation", { name: "Pages" }).count(), 0);
  const api = await page.evaluate(async () => {
    const answer = await fetch("/v1/workspaces/demo/runs", { redirect: "manual" });
    return { status: answer.status, type: answer.type, detail: (await answer.json()).detail };
  });
  assert.deepEqual(api, { status: 401, type: "basic", detail: "Not authenticated" });
  await page.getByLabel("Email").fill(demo.email);
  await page.getByLabel("Password").fill(demo.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Decisions", exact: true }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("days"), "7");
  // Back it goes to this host alone.
  await page.goto(`${demo.url}/sign-in?next=${encodeURIComponent("//elsewhere.example/queue")}`);
  await page.waitForURL((u) => u.pathname === "/sender/queue");
  assert.deepEqual(page.foreign, []);
  await page.context().close();
});

test("ZRG-11 a link from elsewhere opens its workspace, else the first there is, else says that there is none", async () => {
  const user = async (name, roles) => {
    const email = `${name}@demo.example`;
    assert.equal((await demo.ask("PUT", `/v1/users/${email}`, { name, password: "a long password", roles })).status, 200);
    return { url: demo.url, email, password: "a long password" };
  };
  const page = await openPage(browser);
  await signIn(page, await user("guest", { demo: "setter" }), "/?clientId=demo");
  await page.waitForURL((u) => u.pathname === "/sender/queue" && u.searchParams.get("ws") === "demo" && !u.searchParams.has("clientId"));
  await page.goto(`${demo.url}/leads?clientId=elsewhere`);
  await page.waitForURL((u) => u.pathname === "/leads" && u.searchParams.get("ws") === "demo");
  await page.getByRole("heading", { name: "Leads", exact: true }).waitFor();
  // A lead of a workspace one may not see is no lead of the first.
  await page.goto(`${demo.url}/?view=inbox&clientId=elsewhere&leadId=lead_x&draftId=lead_x-d1`);
  await page.waitForURL((u) => u.pathname.startsWith("/inbox") && !u.pathname.includes("lead_x"));
  await page.context().close();
  const nobody = await openPage(browser);
  await user("nobody", { elsewhere: "setter" });
  await nobody.goto(`${demo.url}/?clientId=demo`);
  await nobody.getByLabel("Email").fill("nobody@demo.example");
  await nobody.getByLabel("Password").fill("a long password");
  await nobody.getByRole("button", { name: "Sign in" }).click();
  await nobody.getByRole("heading", { name: "No workspace here" }).waitFor();
  await nobody.context().close();
});

test("the page comes with a strict policy, packed, and is kept by its name", async () => {
  const answer = await fetch(`${demo.url}/sender/queue`, { headers: { Accept: "text/html" } });
  assert.equal(answer.status, 200);
  const policy = answer.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  assert.equal(answer.headers.get("x-frame-options"), "DENY");
  const script = /src="(\/assets\/[^"]+)"/.exec(await answer.text())[1];
  const asset = await fetch(demo.url + script);
  assert.match(asset.headers.get("cache-control"), /immutable/);
  assert.equal(asset.headers.get("content-encoding"), "gzip");
  const known = await fetch(demo.url + script, { headers: { "If-None-Match": asset.headers.get("etag") } });
  assert.equal(known.status, 304);
  const api = await fetch(`${demo.url}/sender/queue`, { headers: { Authorization: `Bearer ${demo.key}` } });
  assert.match(api.headers.get("content-type"), /json/);
});

test("what changes something needs the session's token", async () => {
  const signed = await post(demo, "/v1/session", { email: demo.email, password: demo.password });
  const cookie = signed.headers.get("set-cookie").split(";")[0];
  const { csrf } = await signed.json();
  const stop = (headers) => fetch(`${demo.url}/v1/workspaces/demo/campaigns/investor/pause`, { method: "POST", headers: { Cookie: cookie, ...headers } });
  assert.equal((await stop({})).status, 403);
  assert.equal((await stop({ "X-Heed-CSRF": "guess" })).status, 403);
  assert.equal((await stop({ "X-Heed-CSRF": csrf })).status, 200);
});

test("a form of another site signs nobody in", async () => {
  const body = JSON.stringify({ email: demo.email, password: demo.password });
  const answer = await fetch(`${demo.url}/v1/session`, { method: "POST", headers: { "Content-Type": "text/plain" }, body });
  assert.equal(answer.status, 415);
});

test("ZRG-16 roles bound what a user may do and see, and a reader is told", async () => {
  const made = await demo.ask("PUT", "/v1/users/reader@demo.example", { name: "Reader", password: "a long password", roles: { demo: "reader" } });
  assert.equal(made.status, 200);
  const page = await openPage(browser);
  await signIn(page, { url: demo.url, email: "reader@demo.example", password: "a long password" }, "/campaigns?ws=demo");
  await page.getByRole("heading", { name: "Campaigns" }).waitFor();
  await page.getByText("an admin may").first().waitFor();
  assert.equal(await page.getByRole("button", { name: "Enable" }).count(), 0);
  await page.getByRole("note").getByText("Read only: you see everything in demo and can change nothing.").waitFor();
  const forbidden = await page.evaluate(async () => {
    const { csrf } = await (await fetch("/v1/session")).json();
    const say = async (method, path) => (await fetch(path, { method, headers: { "X-Heed-CSRF": csrf } })).status;
    return [await say("POST", "/v1/workspaces/demo/campaigns/investor/enable"), await say("GET", "/admin/actors"), await say("GET", "/v1/users"), await say("GET", "/v1/workspaces/elsewhere/runs")];
  });
  assert.deepEqual(forbidden, [403, 404, 404, 404]);
  await page.context().close();
});

test("five wrong passwords lock the account, the right one included", async () => {
  await demo.ask("PUT", "/v1/users/locked@demo.example", { name: "Locked", password: "the right password", roles: { demo: "reader" } });
  for (let i = 0; i < 5; ++i) assert.equal((await post(demo, "/v1/session", { email: "locked@demo.example", password: `guess number ${i}` })).status, 401);
  assert.equal((await post(demo, "/v1/session", { email: "locked@demo.example", password: "the right password" })).status, 401);
  const { body } = await demo.ask("GET", "/v1/users");
  assert.equal(body.items.find((u) => u.email === "locked@demo.example").locked, true);
});

test("the first owner is made once, with the token of the log, and is there after a restart", async () => {
  let h = await startEmpty();
  const found = await eventually("the log holds the token", () => /console\.first_run token=(\w+)/.exec(h.said));
  const page = await openPage(browser);
  await page.goto(`${h.url}/first-run#${found[1]}`);
  await page.getByLabel("Your name").fill("Ada");
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Become the owner" }).click();
  await page.getByRole("heading", { name: "Queue" }).waitFor();
  await page.getByRole("heading", { name: "Nothing is running" }).waitFor();
  const second = await post(h, "/v1/first-run", { token: found[1], email: "eve@example.com", name: "Eve", password: "another password" });
  assert.equal(second.status, 403);
  const { directory } = h;
  await h.stop();
  h = await startEmpty(directory);
  assert.doesNotMatch(h.said, /console\.first_run/);
  const back = await post(h, "/v1/session", { email: "ada@example.com", password: "correct horse battery" });
  assert.equal(back.status, 200);
  await page.context().close();
  await h.end();
});
