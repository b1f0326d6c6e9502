// What coordination costs: `node cluster.js [nodes=1,2,3] [events=300000]`. The measure M1 on one node without a cluster and on
// clusters of so many nodes, all on the same Postgres and the same cores, so what grows is the cost of a decision. Each node has as
// many requests in flight as the one has, and each person enough events that every node has heard of them.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const opt = Object.fromEntries(process.argv.slice(2).map((a) => a.split('=')));
const bench = path.join(path.dirname(fileURLToPath(import.meta.url)), 'bench.js'), events = `events=${opt.events ?? 300_000}`;
const run = (peer, nodes) => JSON.parse(execFileSync(process.execPath, [bench, peer, 'm1', events], {
  env: { ...process.env, HEED_NODES: String(nodes), FLIGHT: String(4 * nodes) }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim().split('\n').pop());

const rows = [['one node, no cluster', run('heed', 1)], ...(opt.nodes ?? '1,2,3').split(',').map((n) => [`cluster of ${n}`, run('heed-cluster', n)])];
console.log('| nodes | decisions/s | CPU s per 1,000 | nodes | database | state |\n| --- | --- | --- | --- | --- | --- |');
for (const [name, r] of rows) {
  const each = (s) => (s * 1000 / r.events).toFixed(3);
  console.log(`| ${name} | ${r.events_s} | ${r.cpu_per_1000} | ${each(r.peer_cpu)} | ${each(r.db_cpu)} | ${r.ok ? 'as expected' : 'WRONG'} |`);
}
