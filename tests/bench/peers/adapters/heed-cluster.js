// Heed as several nodes on one Postgres: HEED_NODES (3). The feeder hands each request to the next node, as a balancer would.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import Heed, { BIN, PORT } from './heed.js';
import { LeanClient } from '../lib/lean.js';
import { TMP, cpuTree, memTree, sleep } from '../lib/common.js';

const NODES = Number(process.env.HEED_NODES || 3), CLUSTER_PORT = 25280;

export default class extends Heed {
  static notes = `${NODES} nodes`;
  procs = [];
  turn = 0;

  async startWorker() {
    const names = Array.from({ length: NODES }, (_, i) => `n${i + 1}`), certs = path.join(this.dir, 'certs');
    if (!fs.existsSync(certs)) execFileSync(BIN, ['cluster', 'certs', '--dir', certs, ...names]);
    const whole = JSON.parse(fs.readFileSync(this.config));
    this.procs = names.map((name, i) => {
      const file = path.join(this.dir, `${name}.yaml`);
      const cluster = { enabled: true, name, port: CLUSTER_PORT + i, ca_file: 'certs/ca.pem', certificate_file: `certs/${name}.pem`, key_file: `certs/${name}.key` };
      fs.writeFileSync(file, JSON.stringify({ ...whole, http: { ...whole.http, port: PORT + i }, cluster }));
      const log = fs.openSync(path.join(TMP, `heed-${name}.log`), 'a');
      return spawn(BIN, ['serve', '--config', file], { env: this.env, stdio: ['ignore', log, log] });
    });
    this.proc = this.procs[0];
    this.worker.pid = this.proc.pid;
    this.leans = names.map((_, i) => new LeanClient(PORT + i, { authorization: `Bearer ${this.key}` }));
    for (const began = Date.now(); ; await sleep(20)) {
      const views = await Promise.all(names.map((_, i) => this.view(i)));
      if (views.every((v) => v && v.nodes.filter((n) => n.shards > 0 || n.shard_ids?.length > 0).length === NODES)) return;
      if (Date.now() - began > 60_000) throw new Error(`the cluster does not come together: ${JSON.stringify(views[0])?.slice(0, 400)}`);
    }
  }
  async view(i) {
    try {
      const r = await fetch(`http://127.0.0.1:${PORT + i}/admin/cluster`, { headers: { authorization: `Bearer ${this.operator}` } });
      return r.ok ? await r.json() : null;
    } catch { return null; }
  }
  post(p, body, headers) {
    this.lean = this.leans[this.turn++ % NODES];
    return super.post(p, body, headers);
  }
  async killWorker() { await Promise.all(this.procs.map((p) => new Promise((r) => { if (p.exitCode !== null || p.signalCode !== null) return r(); p.on('exit', r); p.kill('SIGKILL'); }))); }
  async metrics() {
    return Promise.all(this.procs.map(async (_, i) => (await fetch(`http://127.0.0.1:${PORT + i}/metrics`, { headers: { authorization: `Bearer ${this.operator}` } })).text()));
  }
  cpu() { return { ...super.cpu(), peer: this.procs.reduce((a, p) => a + cpuTree(p.pid), 0) }; }
  mem() {
    const all = this.procs.map((p) => memTree(p.pid)), sum = (k) => all.reduce((a, m) => a + m[k], 0);
    return { ...super.mem(), peer: { pss: sum('pss'), rss: sum('rss') } };
  }
}
