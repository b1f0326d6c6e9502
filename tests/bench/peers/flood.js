// Ten times more than the store can take, for a minute: `node flood.js [seconds=60] [leads=20000] [times=10] [size=2000] [capacity=N]`.
// Events arrive in an open loop by the slow path (accepted with 202 before they are decided). Printed: what was offered,
// accepted and refused, the resident memory of the process each second, how long an event took after the flood, and
// whether every accepted event was decided exactly once. Heed on Postgres.
import { execFileSync } from 'node:child_process';
import Heed from './adapters/heed.js';
import { LeanClient } from './lib/lean.js';
import { memTree, sleep } from './lib/common.js';

const opt = Object.fromEntries(process.argv.slice(2).map((a) => a.split('=')));
const SECONDS = Number(opt.seconds || 60), LEADS = Number(opt.leads || 20000), TIMES = Number(opt.times || 10), SIZE = Number(opt.size || 2000);
const log = (...a) => console.error(...a);
const WS = '/v1/workspaces/bench';

const peer = new Heed();
const psql = (q) => execFileSync('psql', ['-qAt', peer.store, '-c', q], { encoding: 'utf8' }).trim();
let made = 0;
/** A body of events that nobody has sent yet. */
function body() {
  const lines = [];
  for (let i = 0; i < SIZE; i++, made++)
    lines.push(JSON.stringify({ id: `flood-${made}`, kind: 'link_clicked', occurred_at: stamp, lead: { keys: { crm: String(made % LEADS), other: String(made % LEADS) } }, channel: 'sms', attributes: { url: 'https://example.com/p' } }));
  return lines.join('\n');
}
const stamp = new Date().toISOString();
const post = (text, wait) => client.post(`${WS}/events`, text, `content-type: application/x-ndjson\r\nprefer: wait=${wait}, return=minimal\r\n`);
let client;

async function main() {
  await peer.start();
  client = new LeanClient(25180, { authorization: `Bearer ${peer.key}` });
  await peer.loadWaiting(LEADS, 1, () => Date.now() + 86400e3);
  await peer.settle();
  const capacity = Number(opt.capacity || await measure());
  log(`the store takes ${capacity} events/s; offering ${capacity * TIMES}/s for ${SECONDS} s`);
  const f = await flood(capacity * TIMES);
  const after = [];
  for (let i = 0; i < 20; i++) {
    const t = performance.now();
    const r = await one(`after-${i}`);
    after.push({ ms: Math.round(performance.now() - t), status: r });
  }
  const drained = await drain(f.accepted);
  const decided = psql("select count(*), count(distinct stimulus_key) from heed.journal where stimulus_key like '%flood-%'").split('|').map(Number);
  const pending = Number(psql('select count(*) from heed.inbox_pending')), dead = Number(psql('select count(*) from heed.dead_letter'));
  const out = { measure: 'flood', capacity, offered_s: Math.round(f.offered / SECONDS), accepted: f.accepted, refused: f.refused, without_retry_after: f.bare, other_answers: f.odd, decided: decided[0], distinct: decided[1],
    lost: f.accepted + before - decided[1], twice: decided[0] - decided[1], pending, dead, rss_mb: f.rss, rss_after_mb: mb(), first_event_after_ms: after.slice(0, 5), drained_s: drained };
  console.log(JSON.stringify(out));
  await peer.stopAll();
  process.exit(out.lost || out.twice || pending || dead || f.bare || f.odd ? 1 : 0);
}
const mb = () => Math.round(memTree(peer.worker.pid).rss);
/** What the slow path decides in a second, over ten seconds with eight requests under way. */
async function measure() {
  const until = performance.now() + 10000;
  let n = 0;
  await Promise.all(Array.from({ length: 8 }, async () => { while (performance.now() < until) { const r = await post(body(), 30); if (r.status < 300) n += JSON.parse(r.text).accepted; else await sleep(20); } }));
  before = n;
  return Math.round(n / 10);
}
let before = 0;
async function one(id) {
  for (;;) {
    const r = await client.post(`${WS}/events`, JSON.stringify({ id, kind: 'link_clicked', occurred_at: stamp, lead: { keys: { crm: '1' } }, channel: 'sms', attributes: { url: 'https://example.com/p' } }), 'content-type: application/json\r\nprefer: wait=10, return=minimal\r\n');
    if (r.status < 300) return r.status;
    await sleep(50);
  }
}
/** Refused bodies are offered again later: their events were not taken. */
async function flood(rate) {
  const again = [], r = { offered: 0, accepted: 0, refused: 0, bare: 0, odd: 0, rss: [] };
  for (let i = 0; i < 150; i++) again.push(body());
  const began = performance.now();
  let open = 0, nextMem = 1000;
  const ask = async (text) => {
    open++;
    try {
      const a = await post(text, 0);
      if (a.status === 202 || a.status === 200) r.accepted += JSON.parse(a.text).accepted;
      else if (a.status === 503) { r.refused += SIZE; if (!/retry-after: *\d/i.test(a.head)) r.bare++; again.push(text); }
      else { r.odd++; log(a.status, a.text.slice(0, 200)); }
    } catch (e) { r.odd++; log(e.message); }
    open--;
  };
  for (;;) {
    const t = performance.now() - began;
    if (t >= SECONDS * 1000) break;
    if (t >= nextMem) { r.rss.push(mb()); nextMem += 1000; }
    while (r.offered < (rate * t) / 1000 && open < 512) { ask(again.shift() ?? body()); r.offered += SIZE; }
    await sleep(1);
  }
  while (open) await sleep(5);
  return r;
}
async function drain(accepted) {
  const t = performance.now();
  for (;;) {
    if (Number(psql('select count(*) from heed.inbox_pending')) === 0) return Math.round((performance.now() - t) / 1000);
    await sleep(500);
  }
}
main().catch(async (e) => { console.error(e); await peer.stopAll(); process.exit(2); });
