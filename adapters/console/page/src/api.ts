// The one way to the server: JSON in, JSON out, refusals as `Refusal`.

export interface Workspace {
  id: string;
  role: Role;
}
export type Role = "reader" | "setter" | "inbox_manager" | "admin" | "owner" | "operator";
export interface Session {
  signed_in: boolean;
  first_run: boolean;
  user?: { email: string; name: string };
  operator?: boolean;
  csrf?: string;
  workspaces?: Workspace[];
}

/** What the server said instead of doing it (RFC 9457). */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly fix: string,
    readonly problems: { field: string; detail: string }[],
  ) {
    super(detail);
  }
}

let csrf = "";
let onSignedOut: () => void = () => undefined;

/** Called once: what to do when the server no longer knows us. */
export function whenSignedOut(f: () => void): void {
  onSignedOut = f;
}

/** The server's time at the last answer: the domain's own, which may run faster than ours. */
let clockAt = { server: Date.now(), here: Date.now() };
let clockRate = 1;
export function serverNow(): number {
  return clockAt.server + (Date.now() - clockAt.here) * clockRate;
}
function noteClock(header: string | null): void {
  const server = header ? Date.parse(header) : NaN;
  if (Number.isNaN(server)) return;
  const here = Date.now();
  const passed = here - clockAt.here;
  if (passed > 900) {
    const rate = (server - clockAt.server) / passed;
    if (rate > 0) clockRate = rate;
    clockAt = { server, here };
  } else if (Math.abs(server - serverNow()) > 5_000 * Math.max(1, clockRate)) {
    clockAt = { server, here };
  }
}

async function refusalOf(answer: Response): Promise<Refusal> {
  let body: { detail?: string; fix?: string; reason?: string; problems?: { field: string; detail: string }[] } = {};
  try {
    body = (await answer.json()) as typeof body;
  } catch {
    // An answer of something between us and the server.
  }
  const detail = body.detail ?? `The server answered ${answer.status}.`;
  return new Refusal(answer.status, body.reason ? `${detail} (${body.reason})` : detail, body.fix ?? "", body.problems ?? []);
}

export interface Asked {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export async function ask<T>(path: string, how: Asked = {}): Promise<T> {
  const method = how.method ?? "GET";
  const headers: Record<string, string> = { Accept: "application/json", ...how.headers };
  if (method !== "GET" && csrf) headers["X-Heed-CSRF"] = csrf;
  if (how.body !== undefined) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      ...(how.body === undefined ? {} : { body: JSON.stringify(how.body) }),
      ...(how.signal ? { signal: how.signal } : {}),
    });
  } catch (e) {
    if (e instanceof DOMException && e.name === "AbortError") throw e;
    throw new Refusal(0, "The server cannot be reached.", "Check that it runs; this page goes on by itself.", []);
  }
  noteClock(answer.headers.get("X-Heed-Now"));
  if (!answer.ok) {
    const refusal = await refusalOf(answer);
    if (answer.status === 401 && path !== "/v1/session") onSignedOut();
    throw refusal;
  }
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

function remember(s: Session): Session {
  csrf = s.csrf ?? "";
  return s;
}
export const readSession = async () => remember(await ask<Session>("/v1/session"));
export const signIn = async (email: string, password: string) =>
  remember(await ask<Session>("/v1/session", { method: "POST", body: { email, password } }));
export const becomeOwner = async (wish: { token: string; email: string; name: string; password: string }) =>
  remember(await ask<Session>("/v1/first-run", { method: "POST", body: wish }));
export const signOut = () => ask<void>("/v1/session", { method: "DELETE" });

/** A path of one workspace; every part is escaped. */
export function within(ws: string, ...parts: string[]): string {
  return `/v1/workspaces/${[ws, ...parts].map(encodeURIComponent).join("/")}`;
}

const order: Role[] = ["reader", "setter", "inbox_manager", "admin", "owner", "operator"];
export function atLeast(have: Role, need: Role): boolean {
  return order.indexOf(have) >= order.indexOf(need);
}
