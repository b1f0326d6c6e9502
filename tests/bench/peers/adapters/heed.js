// Heed on the drip workload, over its public HTTP API alone. A lead is known by a CRM id; the campaign has the workload's
// three steps, and three accounts of provider `http` send to the sink in the workload's shape.
//
// HEED_BIN      the binary, default build/release/heed of this repository
// HEED_STORE    postgres (default) or sqlite
// HEED_DIRECT=0 gives every event a second key, which keeps it off the fast path
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { LeanClient } from '../lib/lean.js';
import { ROOT, TMP, SINK_PORT, PGPORT, Pg, CHANNELS, IN_FLIGHT, chunks, cpuTree, du, memTree, pool, range, sleep } from '../lib/common.js';

const REPO = path.resolve(ROOT, '../../..');
export const BIN = process.env.HEED_BIN || path.join(REPO, 'build/release/heed');

const STORE = process.env.HEED_STORE || 'postgres';
const DIRECT = process.env.HEED_DIRECT !== '0';
export const PORT = 25180;
const WS = '/v1/workspaces/bench';
const KIND = { reply: 'reply_received', click: 'link_clicked', form: 'form_submitted' };
const WARM = 1_000_000;
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

// A zone where it is about noon: text messages are only sent by day.
const hour = new Date().getUTCHours() - 12;
const ZONE = hour === 0 ? 'Etc/GMT' : `Etc/GMT${hour > 0 ? '+' : '-'}${Math.abs(hour)}`;

const account = (channel, from) => ({
  id: `sink-${channel}`, channel, provider: 'http', from, base_url: `http://127.0.0.1:${SINK_PORT}`, max_per_second: 0, max_per_day: 0,
  options: {
    path: '/send', look_up: '/sent?lead={data.lead}&step={data.step}', visibility_delay_seconds: 0,
    body: { lead: '{data.lead}', step: '{data.step}', due: '{data.due}', channel: '{channel}', to: '{data.to}', template: 'seq-1', body: '{text}' },
  },
});

const template = (step) => ({
  subject: step === 0 ? 'Hello' : '', body: 'x'.repeat(160), ...(step === 2 && { content_sid: 'HX' + '0'.repeat(32) }),
  data: { lead: '{lead.number}', step: String(step), due: '{lead.due}', to: 'lead-{lead.number}@example.test' },
});

const profile = { name: 'drip', threshold: 21, weights: { reply: 10, form: 12, click: 3, view: 1, rapid: 0 }, bands: { low: 7, high: 14, spacing_low_pct: 100, spacing_high_pct: 100 } };

const campaign = {
  name: 'Drip', intent: 'end_user', enabled: true, attribution: { landing_page: 'https://example.com/b' },
  profile,
  sequence: CHANNELS.map((channel, i) => ({ id: `s${i}`, channel, template: `t${i}`, delay: '0s' })),
  templates: Object.fromEntries(CHANNELS.map((_, i) => [`t${i}`, template(i)])),
  accounts: Object.fromEntries(CHANNELS.map((c) => [c, [`sink-${c}`]])),
};

export default class {
  static notes = 'events as NDJSON bodies of 500 with Prefer: wait, four at a time; one POST /leads a lead';
  dupsDropped = true;
  oneDurable = true; // one() resolves when its decision is durable
  worker = { pid: 0, count: 0 };
  pgc = STORE === 'postgres' ? new Pg() : null;
  dir = path.join(TMP, 'heed');

  get store() { return this.pgc ? `postgres://bench@127.0.0.1:${PGPORT}/bench` : `sqlite:${path.join(this.dir, 'heed.db')}`; }

  heed(...args) { return execFileSync(BIN, [...args, '--config', this.config], { env: this.env, encoding: 'utf8' }); }

  async start({ dbExtra = '' } = {}) {
    fs.rmSync(this.dir, { recursive: true, force: true });
    fs.mkdirSync(this.dir, { recursive: true });
    this.pgc?.start(dbExtra);
    this.config = path.join(this.dir, 'heed.yaml');
    this.env = { ...process.env, HEED_STORE_URL: this.store, HEED_SECRET_KEY: 'only-for-the-benchmark-0123456789-abcdef' };
    const config = {
      http: { port: PORT, max_body: 64 * 1024 * 1024 }, public_url: `http://127.0.0.1:${PORT}`, dispatch: { max_connections: IN_FLIGHT }, log: { level: 'warn' },
      residency: { max_leads: 2_000_000, idle_after: process.env.HEED_IDLE || '24h' },
      workspaces: [{ id: 'bench', sender_name: 'Mia', postal_address: 'Example, 1 Example Street', time_zone: ZONE, default_profile: profile,
        accounts: [account('email', 'mia@example.test'), account('sms', '+15550100001'), account('whatsapp', '+15550100001')] }],
    };
    fs.writeFileSync(this.config, JSON.stringify(config)); // JSON is YAML
    this.key = this.heed('key', 'create', '--workspace', 'bench', '--role', 'admin').trim().split(/\s+/).pop();
    this.operator = this.heed('key', 'create', '--workspace', 'bench', '--role', 'operator').trim().split(/\s+/).pop();
    this.base = { data: 0, wal: 0 };
    this.lean = new LeanClient(PORT, { authorization: `Bearer ${this.key}` });
    await this.startWorker();
    await this.call('PUT', `${WS}/campaigns/drip`, campaign);
    await this.call('DELETE', `${WS}/stop`);
    this.base = this.disk();
  }
  async startWorker() {
    const log = fs.openSync(path.join(TMP, 'heed.log'), 'a');
    this.proc = spawn(BIN, ['serve', '--config', this.config], { env: this.env, stdio: ['ignore', log, log] });
    this.worker.pid = this.proc.pid;
    for (let i = 0; i < 3000; i++) {
      if (this.proc.exitCode !== null) throw new Error(`heed ended with ${this.proc.exitCode}: ${path.join(TMP, 'heed.log')}`);
      try { await this.request('GET', '/readyz'); return; } catch { await sleep(10); }
    }
    throw new Error('heed did not start');
  }
  killWorker() { return new Promise((r) => { this.proc.on('exit', r); this.proc.kill('SIGKILL'); }); }
  async stopAll() {
    try { if (this.proc?.exitCode === null) await this.killWorker(); } catch {}
    this.pgc?.stop();
    fs.rmSync(this.dir, { recursive: true, force: true });
  }

  request(method, p, body, headers = {}, key = this.key) {
    return new Promise((resolve, reject) => {
      const given = { authorization: `Bearer ${key}`, ...headers };
      if (body !== undefined) given['content-length'] = Buffer.byteLength(body);
      const req = http.request({ host: '127.0.0.1', port: PORT, path: p, method, agent, headers: given }, (res) => {
        const parts = [];
        res.on('data', (d) => parts.push(d));
        res.on('end', () => {
          const text = Buffer.concat(parts).toString();
          if (res.statusCode < 300) return resolve({ status: res.statusCode, text });
          const e = new Error(`${method} ${p}: ${res.statusCode} ${text.slice(0, 500)}`);
          e.status = res.statusCode;
          reject(e);
        });
        res.on('error', reject);
      });
      req.on('error', reject);
      req.end(body);
    });
  }
  /** Comes again when it is told to. */
  async call(method, p, body, type = 'application/json', headers = {}) {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    for (let i = 0; ; i++) {
      try {
        const r = await this.request(method, p, text, { ...(text !== undefined && { 'content-type': type }), ...headers });
        return r.text ? JSON.parse(r.text) : {};
      } catch (e) {
        if ((e.status && e.status !== 503) || i >= 600) throw e;
        await sleep(e.status ? 20 : 100);
      }
    }
  }
  /** As `call`, by the lean client. */
  async post(p, body, headers = 'content-type: application/json\r\n') {
    for (let i = 0; ; i++) {
      let r;
      try { r = await this.lean.post(p, body, headers); } catch (e) { if (i >= 600) throw e; await sleep(100); continue; }
      if (r.status < 300) return JSON.parse(r.text);
      if (r.status !== 503 || i >= 600) throw new Error(`POST ${p}: ${r.status} ${r.text.slice(0, 500)}`);
      await sleep(20);
    }
  }
  lines(all) { return all.map((x) => JSON.stringify(x)).join('\n'); }
  /** One request enrols one person. */
  enrol(body) { return this.post(`${WS}/leads`, JSON.stringify(body), 'content-type: application/json\r\nprefer: wait=0, return=minimal\r\n'); }

  lead(id, due = 0) {
    return {
      id: `lead-${id}`, keys: { crm: String(id) }, email: `lead-${id}@example.test`, phone: `+1555${String(id).padStart(8, '0')}`, campaign_id: 'drip', landing_page: 'https://example.com/b', time_zone: ZONE,
      fields: { number: String(id), due: String(due) }, consent: Object.fromEntries(CHANNELS.map((c) => [c, { status: 'granted', source: 'contract' }])),
    };
  }
  loadWaiting(n, cursor, nextAt, due = false, base = 0) {
    return pool(range(n), 256, (i) => this.enrol({
      ...this.lead(base + i, due ? nextAt(i) : 0), carry_on: { step: `s${cursor}`, due: new Date(nextAt(i)).toISOString() } }));
  }
  startRuns(n, base = 0) { return pool(range(n), 256, (i) => this.enrol(this.lead(base + i))); }

  event(e) {
    const message = e.type === 'reply' ? { message: { text: 'Tell me more' } } : {};
    const attributes = e.type === 'click' ? { url: 'https://example.com/p' } : e.type === 'form' ? { form: e.key } : {};
    const keys = DIRECT ? { crm: String(e.lead) } : { crm: String(e.lead), other: String(e.lead) };
    return { id: e.key, kind: KIND[e.type], ...(e.type === 'form' && { campaign_id: 'drip' }), occurred_at: this.stamp, lead: { keys }, channel: 'sms', ...message, attributes };
  }
  feed(events) {
    this.stamp = new Date().toISOString();
    return pool(chunks(events, 500), Number(process.env.FLIGHT || 4), async (c) => {
      const r = await this.post(`${WS}/events`, this.lines(c.map((e) => this.event(e))), 'content-type: application/x-ndjson\r\nprefer: wait=30, return=minimal\r\n');
      this.worker.count += r.accepted;
    });
  }
  async one(e) {
    this.stamp = new Date().toISOString();
    const r = await this.post(`${WS}/events`, JSON.stringify(this.event(e)), 'content-type: application/json\r\nprefer: wait=10, return=minimal\r\n');
    this.worker.count += r.accepted;
  }

  /** What each process counts. */
  async metrics() { return [(await this.request('GET', '/metrics', undefined, {}, this.operator)).text]; }
  async events() {
    const texts = await this.metrics();
    const count = (text, k) => Number(new RegExp(`^heed_decisions_total\\{stimulus="${k}"\\} (\\S+)`, 'm').exec(text)?.[1] || 0);
    return texts.flatMap((text) => Object.values(KIND).map((k) => count(text, k))).reduce((a, b) => a + b, 0);
  }
  async settle() {
    this.before = await this.events();
    if (!this.pgc) return;
    execFileSync('psql', ['-qAt', this.store, '-c', 'vacuum analyze', '-c', 'checkpoint']);
  }
  async decided() { return (await this.events()) - this.before; }
  async state() {
    const leads = [];
    for (let after = ''; after !== null;) {
      const page = await this.call('GET', `${WS}/runs?limit=200${after && `&after=${encodeURIComponent(after)}`}`);
      leads.push(...page.items.map((r) => r.lead_id));
      after = page.next;
    }
    let score = 0, suppressed = 0, finished = 0;
    await pool(leads, 32, async (id) => {
      const l = await this.call('GET', `${WS}/leads/${id}`);
      if (Number(l.fields.number) >= WARM) return;
      score += l.intent.score;
      suppressed += l.runs[0].status === 'suppressed';
      finished += l.runs[0].status === 'done';
    });
    return { unique: await this.decided(), score, suppressed, finished };
  }
  async finished() { return (await this.state()).finished; }

  cpu() { return { peer: cpuTree(this.worker.pid), db: this.pgc ? cpuTree(this.pgc.pid) : 0 }; }
  mem() { return { peer: memTree(this.worker.pid), db: this.pgc ? memTree(this.pgc.pid) : { pss: 0, rss: 0 } }; }
  disk() {
    if (this.pgc) { const d = this.pgc.disk(); return { data: d.data, wal: d.wal }; }
    return { data: du(this.dir), wal: 0 };
  }
}
