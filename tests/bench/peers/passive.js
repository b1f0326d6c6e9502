// Millions of people who wait in the store and nowhere else: `node passive.js [n=10000000] [timers=6000]`.
// One real person's rows are copied n times under other names, each due in a day or later; the process is started over that
// store, and then a minute of `timers` real timers is rung. Printed: memory of the process with and without them, how long
// it took to be ready, and how late the timers were. Heed on Postgres.
import { execFileSync } from 'node:child_process';
import Heed from './adapters/heed.js';
import { memTree, sleep, startSink } from './lib/common.js';

const opt = Object.fromEntries(process.argv.slice(2).map((a) => a.split('=')));
const N = Number(opt.n || 10_000_000), TIMERS = Number(opt.timers || 6000), SPAN = 60_000, LEAD = Number(opt.lead || 20) * 1000;
const sink = await startSink();
const peer = new Heed();
const psql = (q) => execFileSync('psql', ['-qAt', peer.store, '-v', 'ON_ERROR_STOP=1', '-c', q], { encoding: 'utf8', maxBuffer: 1 << 26 }).trim();
const mb = () => Math.round(memTree(peer.worker.pid).rss);
const log = (...a) => console.error(...a);

/** A column list with some columns replaced. */
const columns = (table, replace) => psql(`select string_agg(column_name, ',' order by ordinal_position) from information_schema.columns where table_schema = 'heed' and table_name = '${table}' and is_identity = 'NO'`)
  .split(',').map((c) => [c, replace[c] ?? `t.${c}`]);
function copy(table, from, to, replace, where) {
  const all = columns(table, replace);
  psql(`set synchronous_commit = off; insert into heed.${table} (${all.map(([c]) => c).join(',')}) select ${all.map(([, v]) => v).join(',')} from heed.${table} t, generate_series(${from}, ${to}) g where ${where}`);
}
/** A minute of timers of people who are there: as M5 of the drip workload. */
async function ring(base) {
  await sink.reset(0);
  const t0 = Date.now() + LEAD, at = (i) => Math.round(t0 + (i * SPAN) / TIMERS);
  await peer.loadWaiting(TIMERS, 2, at, true, base);
  const loaded = Date.now();
  while (Date.now() < t0 + SPAN + 5000 && (await sink.stats()).unique < TIMERS) await sleep(200);
  const s = await sink.stats();
  return { loaded_s_before: Math.round((t0 - loaded) / 1000), fired: s.unique, twice: s.dups, late_ms: s.late, rss_mb: mb() };
}

try {
  await peer.start();
  await peer.loadWaiting(1, 1, () => Date.now() + 2 * 86400e3, false, 900000);
  await peer.settle();
  const without = { rss_mb: mb(), ...(await ring(0)) };
  log('without', JSON.stringify(without));
  await peer.killWorker();
  const model = psql("select n from heed.lead order by n limit 1"), first = Number(psql('select max(n) from heed.lead')) + 1_000_000;
  const began = Date.now(), slice = 500_000;
  for (let i = 0; i < N; i += slice) {
    const from = first + i, to = first + Math.min(i + slice, N) - 1;
    copy('lead', from, to, { n: 'g', id: "'passive-' || g" }, `t.n = ${model}`);
    copy('timer', from, to, { lead: 'g', due: `t.due + (g - ${first})::bigint * 10000` }, `t.lead = ${model}`);
    copy('run', from, to, { lead: 'g' }, `t.lead = ${model}`);
    log('copied', Math.min(i + slice, N), Math.round((Date.now() - began) / 1000), 's');
  }
  psql(`select setval('heed.number', ${first + N})`);
  psql('vacuum analyze');
  psql('checkpoint');
  const t = Date.now();
  await peer.startWorker();
  const ready = (Date.now() - t) / 1000;
  await sleep(5000);
  const rss = mb();
  const withThem = { ready_s: ready, rss_mb: rss, ...(await ring(100000)) };
  console.log(JSON.stringify({ measure: 'passive', passive: N, copied_s: Math.round((t - began) / 1000), disk_mb: peer.disk().data, without, with: withThem }));
} finally {
  await peer.stopAll();
  sink.stop();
}
process.exit(0);
