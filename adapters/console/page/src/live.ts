// One stream of events for the whole page. An event says what to read anew, never what is true.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, Refusal } from "./api";

export interface Change {
  lead?: string;
  kind?: string;
  runs?: boolean;
  handoff?: boolean;
  /** Events were missed: read everything anew. */
  reset?: boolean;
}
const listeners = new Set<(c: Change) => void>();
let source: EventSource | null = null;
let watched = "";

export type LiveState = "off" | "on" | "waiting";
let state: LiveState = "off";
const stateListeners = new Set<(s: LiveState) => void>();
function setState(s: LiveState): void {
  state = s;
  stateListeners.forEach((f) => f(s));
}

export function watch(ws: string): void {
  if (ws === watched) return;
  watched = ws;
  source?.close();
  source = null;
  setState("off");
  if (!ws) return;
  source = new EventSource(`/v1/workspaces/${encodeURIComponent(ws)}/stream`);
  source.onopen = () => setState("on");
  source.onerror = () => setState("waiting");
  source.addEventListener("lead", (e) => {
    const change = JSON.parse((e as MessageEvent<string>).data) as Change;
    listeners.forEach((f) => f(change));
  });
  source.addEventListener("reset", () => listeners.forEach((f) => f({ reset: true })));
}

export function useLiveState(): LiveState {
  const [s, set] = useState(state);
  useEffect(() => {
    stateListeners.add(set);
    set(state);
    return () => void stateListeners.delete(set);
  }, []);
  return s;
}

export interface Loaded<T> {
  data: T | undefined;
  error: Refusal | undefined;
  reload: () => void;
}

/** At most one read every half second however much happens, and none while nobody looks. */
const usualPause = 500;

/**
 * Reads a path, and reads it again after changes it cares about. What was read stays on the screen meanwhile.
 * @param cares which events make it read again; none = never
 * @param pause how long after an event at the earliest; what is dear to compute waits longer
 */
export function useRead<T>(path: string | null, cares?: (c: Change) => boolean, pause = usualPause): Loaded<T> {
  const [held, set] = useState<{ path: string; data?: T; error?: Refusal }>({ path: "" });
  const [turn, setTurn] = useState(0);
  const caresNow = useRef(cares);
  caresNow.current = cares;

  useEffect(() => {
    if (!path) return;
    const abort = new AbortController();
    ask<T>(path, { signal: abort.signal })
      .then((data) => set({ path, data }))
      .catch((e: unknown) => {
        if (!(e instanceof Refusal)) return;
        set((old) => ({ path, error: e, ...(old.path === path && old.data !== undefined ? { data: old.data } : {}) }));
      });
    return () => abort.abort();
  }, [path, turn]);

  useEffect(() => {
    if (!path) return;
    let waiting = 0;
    const again = () => {
      waiting = 0;
      if (document.hidden) return;
      setTurn((n) => n + 1);
    };
    const hear = (c: Change) => {
      if (!waiting && caresNow.current && (c.reset || caresNow.current(c))) waiting = window.setTimeout(again, pause);
    };
    const shown = () => {
      if (!document.hidden && caresNow.current) setTurn((n) => n + 1);
    };
    listeners.add(hear);
    document.addEventListener("visibilitychange", shown);
    return () => {
      listeners.delete(hear);
      document.removeEventListener("visibilitychange", shown);
      clearTimeout(waiting);
    };
  }, [path]);

  const current = held.path === path;
  return {
    data: current ? held.data : undefined,
    error: current ? held.error : undefined,
    reload: () => setTurn((n) => n + 1),
  };
}

/** For what makes no events: read again every so often while somebody looks. */
export function useEvery(ms: number, f: () => void): void {
  const now = useRef(f);
  now.current = f;
  useEffect(() => {
    const t = window.setInterval(() => !document.hidden && now.current(), ms);
    return () => clearInterval(t);
  }, [ms]);
}
