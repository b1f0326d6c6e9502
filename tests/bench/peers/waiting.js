// What people who wait cost: `node waiting.js [copied=100000] [resident=1000000]`. Heed on Postgres.
// copied: that many are enrolled into an SQLite store, which `heed copy` moves to Postgres; then the node runs over the copy
// with nobody resident, as it is after a restart. resident: that many are enrolled over the API and stay in memory.
// Printed: times, memory (PSS: shared pages once), bytes a resident person, CPU of half a minute in which nothing happens.
import { execFileSync } from 'node:child_process';
import Heed from './adapters/heed.js';
import { DAY, Pg, memTree, sleep } from './lib/common.js';

const opt = Object.fromEntries(process.argv.slice(2).map((a) => a.split('=')));
const COPIED = Number(opt.copied ?? 100_000), RESIDENT = Number(opt.resident ?? 1_000_000), SETTLE = Number(opt.settle ?? 40) * 1000;
const seconds = (since) => Math.round((Date.now() - since) / 10) / 100;
const mb = (x) => Math.round(x);
const log = (...a) => console.error(...a);
const due = () => Date.now() + DAY;

/** Half a minute in which nobody asks for anything. */
async function idle(peer) {
  await sleep(SETTLE);
  const from = peer.cpu(), t = Date.now();
  await sleep(30_000);
  const to = peer.cpu(), s = (Date.now() - t) / 1000, { peer: p, db } = peer.mem();
  const percent = (a, b) => Math.round((10_000 * (b - a)) / s) / 100;
  return { peer_pss_mb: mb(p.pss), db_pss_mb: mb(db.pss), idle_cpu_percent: percent(from.peer + from.db, to.peer + to.db), idle_peer_cpu_percent: percent(from.peer, to.peer) };
}

async function copied(n) {
  const peer = new Heed();
  peer.pgc = null;
  try {
    await peer.start();
    await peer.loadWaiting(n, 1, due);
    await peer.killWorker();
    const source = peer.store;
    peer.pgc = new Pg();
    peer.pgc.start();
    peer.env.HEED_STORE_URL = peer.store;
    peer.heed('migrate');
    log('copying', n);
    const t = Date.now();
    const told = JSON.parse(execFileSync(process.env.HEED_BIN || new URL('../../../build/release/heed', import.meta.url).pathname, ['copy', source, peer.store, '--json'], { env: peer.env, encoding: 'utf8' }));
    const copy_s = seconds(t), started = Date.now();
    await peer.startWorker();
    const ready_s = seconds(started);
    return { measure: 'copied', leads: told.tables.lead, rows: told.rows, copy_s, moving_s: told.seconds, replayed: told.replayed, ready_s, ...(await idle(peer)), disk_mb: peer.pgc.disk().data };
  } finally {
    await peer.stopAll();
  }
}

async function resident(n) {
  const peer = new Heed();
  try {
    await peer.start();
    await sleep(3000);
    const empty = memTree(peer.worker.pid).rss, t = Date.now();
    for (let at = 0; at < n; at += 50_000) {
      await peer.loadWaiting(Math.min(50_000, n - at), 1, due, false, at);
      log('enrolled', Math.min(at + 50_000, n), seconds(t), 's,', mb(memTree(peer.worker.pid).rss), 'MB');
    }
    const load_s = seconds(t), quiet = await idle(peer), rss = memTree(peer.worker.pid).rss;
    return { measure: 'resident', leads: n, load_s, rss_mb: mb(rss), empty_rss_mb: mb(empty), bytes_per_lead: Math.round(((rss - empty) * 1024 * 1024) / n), ...quiet, disk_mb: peer.disk().data };
  } finally {
    await peer.stopAll();
  }
}

if (COPIED > 0) console.log(JSON.stringify(await copied(COPIED)));
if (RESIDENT > 0) console.log(JSON.stringify(await resident(RESIDENT)));
process.exit(0);
