import fs from 'node:fs';
import path from 'node:path';
import { ROOT, DAY, genEvents, expected, startSink, sleep, now, pct, machineCpu, cpuTree, load1, range } from './lib/common.js';

const [peerName, measure, ...opts] = process.argv.slice(2);
const opt = Object.fromEntries(opts.map((o) => o.split('=')).map(([k, v]) => [k, Number(v)]));
// An engine outside this folder names its adapter: ADAPTER=/abs/path/to/heed.js ./run.sh heed m1
const { default: Peer } = await import(process.env.ADAPTER || `./adapters/${peerName}.js`);
const LEADS = opt.leads || 20000;
const round = (x, d = 2) => Math.round(x * 10 ** d) / 10 ** d;
const log = (...a) => console.error(...a);
const sink = await startSink();
const peer = new Peer();
let bail;
async function finish(code) { clearTimeout(bail); try { await peer.stopAll(); } catch {} sink.stop(); process.exit(code); }

// cpu used by the peer (worker), its database or engine, this producer, and everything else on the machine
function meter() {
  const a = peer.cpu(), m = machineCpu(), p = process.cpuUsage(), s = cpuTree(sink.pid), t = now();
  return () => {
    const b = peer.cpu(), q = process.cpuUsage(p), secs = (now() - t) / 1000;
    const peerS = b.peer - a.peer, dbS = b.db - a.db, prod = (q.user + q.system) / 1e6, sk = cpuTree(sink.pid) - s;
    return { secs: round(secs), peer_cpu: round(peerS), db_cpu: round(dbS), producer_cpu: round(prod), sink_cpu: round(sk), other_cpu: round(machineCpu() - m - peerS - dbS - prod - sk) };
  };
}
const farAway = () => { const t = Date.now() + DAY; return () => t; };

// Before anything is measured: 1,000 runs and, where events follow, 5,000 events on other leads. The code is then
// compiled, the pools are open, and after settle() the database planner has statistics of tables in use.
async function warm(withEvents) {
  await sink.reset(0);
  await peer.startRuns(1000, 1000000);
  for (let i = 0; i < 1200 && (await sink.stats()).unique < 3000; i++) await sleep(50);
  if (withEvents) {
    const ev = genEvents(5000, 500, 99).map((e) => ({ ...e, lead: 2000000 + e.lead })), goal = peer.dupsDropped ? expected(ev).unique : ev.length;
    await peer.loadWaiting(500, 1, farAway(), false, 2000000);
    const base = peer.worker.count;
    await peer.feed(ev);
    for (let i = 0; i < 6000 && peer.worker.count - base < goal; i++) await sleep(10);
  }
  await sleep(500);
}
// other work on this machine spoils a run: wait for a quiet moment, at most 20 s
async function quiet() {
  for (let i = 0; i < 10; i++) { const m = machineCpu(), t = now(); await sleep(2000); if ((machineCpu() - m) / ((now() - t) / 1000) < 0.15) return i * 2; }
  return 20;
}

const M = {
  async m1() {
    const events = genEvents(opt.events || 100000, LEADS), want = expected(events);
    await peer.start();
    await warm(true);
    await peer.loadWaiting(LEADS, 1, farAway());
    await peer.settle();
    const goal = peer.dupsDropped ? want.unique : events.length;
    if (process.env.FEEDING) fs.writeFileSync(process.env.FEEDING, '');
    const stop = meter(), t0 = now(), base = peer.worker.count;
    await peer.feed(events);
    const fed = now() - t0;
    while (peer.worker.count - base < goal) await sleep(10);
    while ((await peer.decided()) < want.unique) await sleep(5);
    const secs = (now() - t0) / 1000, c = stop();
    await sleep(300);
    const got = await peer.state();
    const ok = got.unique === want.unique && got.score === want.score && got.suppressed === want.suppressed;
    return { events: events.length, events_s: round(events.length / secs, 0), secs: round(secs), accept_secs: round(fed / 1000), cpu_per_1000: round(((c.peer_cpu + c.db_cpu) / events.length) * 1000, 3), producer_cpu_per_1000: round((c.producer_cpu / events.length) * 1000, 3), ...c, ok, got, want };
  },
  async m2() {
    const n = LEADS;
    await peer.start();
    await warm(false);
    await peer.settle();
    await sink.reset(0);
    const stop = meter(), t0 = now();
    await peer.startRuns(n);
    const accepted = now() - t0;
    for (let last = -1, same = 0; ;) { const s = await sink.stats(); if (s.unique >= n * 3) break; same = s.total === last ? same + 1 : 0; last = s.total; if (same > 600) { log('stuck at', s); break; } await sleep(50); }
    const s = await sink.stats(), c = stop();
    await sleep(1500);
    const e = await sink.stats(), secs = (s.last_ms - t0) / 1000;
    return { runs: n, sends: e.total, sends_s: round((n * 3) / secs, 0), secs: round(secs), start_secs: round(accepted / 1000), dups: e.dups, missing: await sink.missing(n), cpu_per_1000_sends: round(((c.peer_cpu + c.db_cpu) / (n * 3)) * 1000, 3), ...c, finished: await peer.finished() };
  },
  async m3() {
    const rate = opt.rate || 300, secs = opt.secs || 60, events = genEvents(rate * secs, LEADS, 3), handed = new Map(), lat = [];
    await peer.start({ dbExtra: '-c track_commit_timestamp=on' });
    await warm(true);
    await peer.loadWaiting(LEADS, 1, farAway());
    await peer.settle();
    await sleep(2000);
    const stop = meter(), t0 = now() + 100;
    let open = 0, i = 0, late = 0;
    while (i < events.length) {
      while (i < events.length && t0 + (i * 1000) / rate <= now()) {
        const e = events[i++], first = !handed.has(e.key), t = now();
        late = Math.max(late, t - (t0 + ((i - 1) * 1000) / rate));
        if (first) handed.set(e.key, t);
        open++;
        peer.one(e).then(() => { open--; if (first && peer.oneDurable) lat.push(now() - t); }, (err) => { open--; log('one:', err.message); });
      }
      await sleep(1);
    }
    while (open) await sleep(5);
    const c = stop();
    await sleep(2000);
    if (!peer.oneDurable) for (const [k, at] of await peer.decisionTimes()) if (handed.has(k)) lat.push(at - handed.get(k));
    return { rate, n: lat.length, p50_ms: round(pct(lat, 0.5)), p90_ms: round(pct(lat, 0.9)), p99_ms: round(pct(lat, 0.99)), max_ms: round(Math.max(...lat)), producer_max_late_ms: round(late), cpu_percent: round((100 * (c.peer_cpu + c.db_cpu)) / c.secs, 1), ...c };
  },
  async m4() {
    const n = opt.n || 100000;
    await peer.start();
    await sleep(5000);
    const idle0 = peer.mem(), d0 = peer.disk(), stopL = meter(), t0 = now();
    await peer.loadWaiting(n, 1, farAway());
    const loadSecs = (now() - t0) / 1000, lc = stopL();
    await sleep(opt.settle ? opt.settle * 1000 : 30000);
    const stop = meter();
    await sleep(30000);
    const c = stop(), m = peer.mem(), d = peer.disk();
    return { leads: n, load_secs: round(loadSecs, 1), load_cpu: round(lc.peer_cpu + lc.db_cpu, 1), peer_pss_mb: round(m.peer.pss, 0), db_pss_mb: round(m.db.pss, 0), empty_peer_pss_mb: round(idle0.peer.pss, 0), empty_db_pss_mb: round(idle0.db.pss, 0), peer_rss_mb: round(m.peer.rss, 0),
      disk_data_mb: d.data - d0.data, disk_wal_mb: d.wal, disk_total_mb: d.data + d.wal, idle_cpu_percent: round((100 * (c.peer_cpu + c.db_cpu)) / c.secs, 2), idle_peer_cpu_percent: round((100 * c.peer_cpu) / c.secs, 2), ...c };
  },
  async m5() {
    const n = LEADS, span = 60000;
    await peer.start();
    await warm(false);
    await peer.settle();
    await sink.reset(0);
    const lead = (opt.lead || 40) * 1000, t0 = Math.ceil(Date.now() + lead), at = (i) => t0 + (i * span) / n;
    await peer.loadWaiting(n, 2, (i) => Math.round(at(i)), true);
    const loaded = Date.now();
    log('loaded', (t0 - loaded) / 1000, 's before the first timer');
    while (Date.now() < t0) await sleep(100);
    const stop = meter();
    for (let last = -1, same = 0; ;) { const s = await sink.stats(); if (s.unique >= n) break; same = s.total === last && Date.now() > t0 + span ? same + 1 : 0; last = s.total; if (same > 300) break; await sleep(100); }
    const c = stop(), s = await sink.stats();
    return { timers: n, loaded_before_first_s: round((t0 - loaded) / 1000), fired: s.unique, dups: s.dups, late_ms: s.late, cpu_percent: round((100 * (c.peer_cpu + c.db_cpu)) / c.secs, 1), ...c };
  },
  async m6(kill = 'worker') {
    const n = LEADS, target = n * 3 * 0.4;
    await peer.start();
    await warm(false);
    await peer.settle();
    await sink.reset(20);
    const t0 = now();
    await peer.startRuns(n);
    const accepted = now() - t0;
    while ((await sink.stats()).total < target) await sleep(5);
    const tk = now();
    await (kill === 'server' ? peer.killServer() : peer.killWorker());
    const before = await sink.stats();
    await sleep(500);
    const tr = now(), at = await sink.stats();
    await (kill === 'server' ? peer.startServer() : peer.startWorker());
    for (let last = -1, same = 0; ;) { const s = await sink.stats(); if (s.unique >= n * 3) break; same = s.total === last ? same + 1 : 0; last = s.total; if (same > (opt.patience || 90) * 10) break; await sleep(100); }
    const first = (await sink.after(tr)).first_ms;
    const lastUnique = (await sink.stats()).last_ms;
    await sleep(2000);
    const s = await sink.stats();
    return { runs: n, killed: kill, start_secs: round(accepted / 1000), sends_at_kill: before.total, rate_before: round(before.total / ((tk - t0) / 1000), 0), dups: s.dups, missing: await sink.missing(n), resume_s_after_restart_call: round((first - tr) / 1000), resume_s_after_kill: round((first - tk) / 1000), all_done_s_after_kill: round((lastUnique - tk) / 1000) };
  },
  m6server() { return M.m6('server'); },
};

try {
  const waited = await quiet();
  bail = setTimeout(() => { log('TIMEOUT'); finish(1); }, (opt.limit || 420) * 1000);
  const l = load1(), t = now(), r = await M[measure]();
  const line = { peer: peerName, measure, load_before: l, waited_for_quiet_s: waited, wall_s: round((now() - t) / 1000, 1), ...r };
  console.log(JSON.stringify(line));
  fs.mkdirSync(path.join(ROOT, 'results-raw'), { recursive: true });
  fs.appendFileSync(path.join(ROOT, 'results-raw', 'runs.jsonl'), JSON.stringify(line) + '\n');
  await finish(0);
} catch (e) { log(e); await finish(1); }
