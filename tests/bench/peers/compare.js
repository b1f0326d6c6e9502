// Runs measures of Heed, and of rivals beside it when asked, and prints what came of them.
//   node compare.js [m1 ... m6] [--store postgres|sqlite] [--peers pgboss,graphile,...|all|none] [--ceiling] [--json] [key=value ...]
// One line of JSON a measure of Heed with --json; else a table of Heed, the rivals and how many times as much Heed does.
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT } from './lib/common.js';

const RIVALS = ['pgboss', 'graphile', 'graphile-batch', 'dbos', 'restate'];
// What some rivals cannot do at full size in the time of a run.
const SMALLER = { 'dbos-m1': ['events=30000'], 'restate-m1': ['events=50000'], 'dbos-m4': ['n=50000'], 'dbos-m5': ['lead=75'] };
// Passive leads are what M4 is about: nobody stays in memory who waits.
const HEED_ENV = { m4: { HEED_IDLE: '2s' } };

// The figures of a measure: name in the raw line, what it says, and whether less is better.
const FIGURES = {
  m1: [['events_s', 'decisions/s'], ['cpu_per_1000', 'CPU s per 1,000', true]],
  m2: [['sends_s', 'sends/s'], ['cpu_per_1000_sends', 'CPU s per 1,000 sends', true], ['dups', 'sent twice', true], ['missing', 'missing', true]],
  m3: [['p50_ms', 'p50 ms', true], ['p99_ms', 'p99 ms', true], ['cpu_percent', 'CPU % of a core', true]],
  m4: [['load_secs', 'load s', true], ['pss_mb', 'memory MB, engine + database', true], ['idle_cpu_percent', 'idle CPU %', true]],
  m5: [['late_p50', 'late p50 ms', true], ['late_p99', 'late p99 ms', true], ['cpu_percent', 'CPU % of a core', true]],
  m6: [['dups', 'sent twice', true], ['missing', 'missing', true], ['resume_s_after_restart_call', 'first send after restart s', true], ['all_done_s_after_kill', 'last send after kill s', true]],
};

const args = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = args.indexOf(`--${name}`);
  if (at < 0) return otherwise;
  const [, value] = args.splice(at, 2);
  return value;
};
const flag = (name) => { const at = args.indexOf(`--${name}`); if (at >= 0) args.splice(at, 1); return at >= 0; };
const store = option('store', 'postgres');
const json = flag('json');
const ceiling = flag('ceiling');
const named = option('peers', 'none');
const rivals = named === 'all' ? RIVALS : named === 'none' ? [] : named.split(',');
const measures = args.filter((a) => /^m[1-6]$/.test(a));
const extra = args.filter((a) => a.includes('='));
const odd = args.filter((a) => !measures.includes(a) && !extra.includes(a));
if (odd.length || !['postgres', 'sqlite'].includes(store) || rivals.some((r) => !RIVALS.includes(r))) {
  console.error(`compare: cannot read ${odd.concat(rivals.filter((r) => !RIVALS.includes(r))).join(' ') || store}; see the head of compare.js`);
  process.exit(2);
}

function run(peer, measure, env = {}) {
  console.error(`${measure} ${peer}${env.HEED_DIRECT === '0' ? ', by the inbox' : ''} ...`);
  const more = [...(SMALLER[`${peer}-${measure}`] || []), ...extra];
  const r = spawnSync(process.execPath, [path.join(ROOT, 'bench.js'), peer, measure, ...more], { cwd: ROOT, encoding: 'utf8', env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const line = r.stdout.trim().split('\n').pop();
  if (r.status !== 0 || !line) { console.error(`${measure} ${peer} failed: ${r.stderr.slice(-1500)}`); return null; }
  return refine(measure, JSON.parse(line));
}

/** Adds the figures that are sums or parts of what a run reports. */
function refine(measure, r) {
  if (measure === 'm1') { r.dups = Math.max(0, r.got.unique - r.want.unique); r.missing = Math.max(0, r.want.unique - r.got.unique); }
  if (measure === 'm4') r.pss_mb = r.peer_pss_mb + r.db_pss_mb;
  if (measure === 'm5') { r.late_p50 = r.late_ms.p50; r.late_p99 = r.late_ms.p99; r.missing = r.timers - r.fired; }
  return r;
}

function as_line(measure, r) {
  const figures = Object.fromEntries(FIGURES[measure].map(([k]) => [k, r[k]]));
  return JSON.stringify({ measure, store, ...figures, cpu_per_1000: r.cpu_per_1000 ?? r.cpu_per_1000_sends ?? null, dups: r.dups ?? null, missing: r.missing ?? null, ...(measure === 'm1' && { ok: r.ok }) });
}

const show = (x) => (x === undefined || x === null ? '–' : x >= 1000 ? Math.round(x).toLocaleString('en-US') : String(x));
/** How many times as good Heed is: above 1 is better, whatever the figure. */
const times = (heed, rival, less) => {
  const ratio = less ? rival / heed : heed / rival;
  return Number.isFinite(ratio) && ratio > 0 ? `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2)}x` : '–';
};

function table(measure, rows) {
  const [heed] = rows;
  console.log(`\n| ${measure.toUpperCase()} | ${rows.map((r) => r.name).join(' | ')} |\n|${' --- |'.repeat(rows.length + 1)}`);
  for (const [key, label, less] of FIGURES[measure]) {
    const cells = rows.map((r, i) => {
      if (!r.result) return 'failed';
      const value = show(r.result[key]);
      return i === 0 || !heed.result ? value : `${value} (${times(heed.result[key], r.result[key], less)})`;
    });
    console.log(`| ${label} | ${cells.join(' | ')} |`);
  }
}

let failed = 0;
for (const measure of measures.length ? measures : Object.keys(FIGURES)) {
  const env = { HEED_STORE: store, ...HEED_ENV[measure] };
  const heed = run('heed', measure, env);
  if (!heed || heed.ok === false) failed++;
  if (json) { if (heed) console.log(as_line(measure, heed)); continue; }
  const rows = [{ name: `Heed, ${store}`, result: heed }];
  if (measure === 'm1') rows.push({ name: 'Heed, by the inbox', result: run('heed', 'm1', { ...env, HEED_DIRECT: '0' }) });
  for (const rival of rivals) {
    if (rival === 'graphile-batch' && measure !== 'm1') continue;
    rows.push({ name: rival, result: run(rival, measure) });
  }
  table(measure, rows);
}
if (ceiling) console.log('\nPostgres itself, the same writes made inside the server:\n\n' + execFileSync('bash', [path.join(ROOT, 'ceilings/pg.sh')], { encoding: 'utf8' }));
process.exit(failed ? 1 : 0);
