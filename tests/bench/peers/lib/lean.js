// A lean HTTP/1.1 client for a feeder that shares its cores with what it measures: keep-alive connections, one request in
// flight on each, answers with a Content-Length. Node's own client costs several times as much per request.
import net from 'node:net';

class Line {
  constructor(port) {
    this.port = port;
    this.waiting = null;
    this.parts = [];
    this.size = 0;
    this.need = -1;
  }
  open() {
    return new Promise((res, rej) => {
      this.socket = net.connect({ host: '127.0.0.1', port: this.port, noDelay: true });
      this.socket.once('connect', res);
      this.socket.once('error', rej);
      this.socket.on('data', (d) => this.read(d));
      this.socket.on('close', () => this.lost(new Error('closed')));
    });
  }
  lost(e) {
    const w = this.waiting;
    this.waiting = this.socket = null;
    this.parts = [];
    this.size = 0;
    this.need = -1;
    w?.reject(e);
  }
  read(d) {
    this.parts.push(d);
    this.size += d.length;
    if (this.need < 0) {
      const all = this.parts.length > 1 ? Buffer.concat(this.parts) : d;
      this.parts = [all];
      const end = all.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = all.latin1Slice(0, end);
      this.head = head;
      this.status = Number(head.slice(9, 12));
      this.from = end + 4;
      this.need = this.from + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    }
    if (this.size < this.need) return;
    const all = this.parts.length > 1 ? Buffer.concat(this.parts) : this.parts[0];
    const answer = { status: this.status, head: this.head, text: all.utf8Slice(this.from, this.need) };
    this.parts = [];
    this.size = 0;
    this.need = -1;
    const w = this.waiting;
    this.waiting = null;
    w.resolve(answer);
  }
  ask(text) {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(text);
    });
  }
}

export class LeanClient {
  constructor(port, headers) {
    this.port = port;
    this.headers = Object.entries(headers).map(([k, v]) => `${k}: ${v}\r\n`).join('');
    this.idle = [];
  }
  async post(path, body, headers = '') {
    const line = this.idle.pop() ?? new Line(this.port);
    if (!line.socket) await line.open();
    const r = await line.ask(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${this.headers}${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    this.idle.push(line);
    return r;
  }
}
