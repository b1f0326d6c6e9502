// The frame around every page: where one can go, which workspace, whether it is live, and the stop.
import { type ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, atLeast, Refusal, signOut, within } from "./api";
import { to, useHere } from "./context";
import { useKeys } from "./keys";
import { useLiveState, useRead } from "./live";
import { say, When } from "./parts";
import { go, type Place } from "./router";
import { nextTheme, theme } from "./theme";
import type { LeadLine, Page, Stop } from "./types";

const rooms = [
  { path: "/inbox", name: "Inbox", key: "i" },
  { path: "/sender/queue", name: "Queue", key: "q" },
  { path: "/leads", name: "Leads", key: "l" },
  { path: "/campaigns", name: "Campaigns", key: "c" },
  { path: "/decisions", name: "Decisions", key: "d" },
  { path: "/operations", name: "Operations", key: "o" },
];

/** Two clicks from any page: the button, and the word that says what happens. */
function StopSwitch() {
  const here = useHere();
  const path = within(here.ws, "stop");
  const stop = useRead<Stop>(path, () => false);
  const dialog = useRef<HTMLDialogElement>(null);
  const stopped = stop.data?.stopped ?? false;
  const may = atLeast(here.role, stopped ? "admin" : "setter");
  const [told, tell] = useState("");
  const change = () =>
    ask<Stop & { calls_in_flight?: string[] }>(path, { method: stopped ? "DELETE" : "PUT", body: { reason: "console" } })
      .then((answer) => {
        dialog.current?.close();
        stop.reload();
        const calls = answer.calls_in_flight?.length ?? 0;
        const inFlight = calls ? ` ${calls} calls were already on the wire and may still arrive.` : " No call was on the wire: nothing was sent after this moment.";
        tell(stopped ? "" : inFlight.trim());
        say(stopped ? "Sending goes on." : `Sending is stopped.${inFlight}`);
      })
      .catch((e: unknown) => say(e instanceof Refusal ? `${e.message} ${e.fix}` : "This page met an error.", true));
  return (
    <>
      <button type="button" class={stopped ? "stop is-on" : "stop"} onClick={() => dialog.current?.showModal()}>
        {stopped ? "Stopped" : "Stop"}
      </button>
      <dialog ref={dialog} aria-labelledby="stop-title">
        <h2 id="stop-title">{stopped ? `Sending from ${here.ws} is stopped` : `Stop all sending from ${here.ws}?`}</h2>
        {stopped ? (
          <p>
            Since <When at={stop.data?.at} /> by {stop.data?.by ?? "somebody"}. {told} While it lasts nothing leaves; replies and signals are still taken in and decided.
          </p>
        ) : (
          <p>Nothing leaves from the next moment on. Replies and signals are still taken in and decided; what was due waits.</p>
        )}
        <p class="row">
          {may ? (
            <button type="button" class={stopped ? "primary" : "danger"} onClick={() => void change()}>
              {stopped ? "Let sending go on" : "Stop sending now"}
            </button>
          ) : (
            <span>This needs the role {stopped ? "admin" : "setter"}; yours is {here.role}.</span>
          )}
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
        </p>
      </dialog>
    </>
  );
}

/** Ctrl K: type where to go, or whom to look at. */
function CommandBar({ dialog }: { dialog: { current: HTMLDialogElement | null } }) {
  const here = useHere();
  const [text, set] = useState("");
  const [asked, setAsked] = useState("");
  useEffect(() => {
    const t = window.setTimeout(() => setAsked(text.trim()), 150);
    return () => clearTimeout(t);
  }, [text]);
  const found = useRead<Page<LeadLine>>(asked.length > 1 ? `${within(here.ws, "leads")}?limit=6&q=${encodeURIComponent(asked)}` : null);
  const low = text.trim().toLowerCase();
  const items = [
    ...rooms.filter((r) => r.name.toLowerCase().includes(low)).map((r) => ({ name: r.name, sub: "page", href: to(here, r.path) })),
    ...(here.session.workspaces ?? []).filter((w) => low && w.id !== here.ws && w.id.toLowerCase().includes(low)).map((w) => ({ name: w.id, sub: "workspace", href: `/sender/queue?ws=${encodeURIComponent(w.id)}` })),
    ...(low ? (found.data?.items ?? []) : []).map((l) => ({ name: l.who ?? l.lead_id, sub: l.handed_off ? "lead, with a person" : "lead", href: to(here, `/leads/${l.lead_id}`) })),
  ];
  const [at, setAt] = useState(0);
  const chosen = Math.min(at, items.length - 1);
  const open = (href: string | undefined) => {
    dialog.current?.close();
    set("");
    setAt(0);
    if (href) go(href);
  };
  return (
    <dialog ref={dialog} class="command" aria-label="Go to">
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="command-list"
        aria-activedescendant={items.length ? `command-${chosen}` : ""}
        aria-label="Page, or a lead's address"
        placeholder="Page, or a lead's address"
        value={text}
        onInput={(e) => {
          set(e.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") setAt(Math.min(chosen + 1, items.length - 1));
          else if (e.key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
          else if (e.key === "Enter") open(items[chosen]?.href);
          else return;
          e.preventDefault();
        }}
      />
      <ul id="command-list" role="listbox" aria-label="Where to go">
        {items.map((item, i) => (
          <li key={item.href} id={`command-${i}`} role="option" aria-selected={i === chosen} onClick={() => open(item.href)}>
            {item.name} <span class="dim">{item.sub}</span>
          </li>
        ))}
      </ul>
    </dialog>
  );
}

function Help({ dialog }: { dialog: { current: HTMLDialogElement | null } }) {
  const keys: [string, string][] = [
    ["Ctrl K or /", "go anywhere, find a lead"],
    ...rooms.map((r): [string, string] => [`g ${r.key}`, r.name]),
    ["j k", "next and previous row"],
    ["Enter", "open the row"],
    ["e", "inbox: acknowledge, the conversation is yours"],
    ["r", "inbox: hand back to automation"],
    ["s", "inbox: snooze until tomorrow"],
    ["a", "queue: approve the chosen message"],
    ["?", "this list"],
  ];
  return (
    <dialog ref={dialog} aria-labelledby="help-title">
      <h2 id="help-title">Keys</h2>
      <dl class="keys">
        {keys.map(([k, what]) => (
          <div key={k}>
            <dt>
              <kbd>{k}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}

function useGoKeys(openBar: () => void, openHelp: () => void): void {
  const here = useHere();
  const pending = useRef(0);
  const keys: Record<string, () => void> = { "/": openBar, "?": openHelp };
  keys["g"] = () => (pending.current = Date.now());
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") {
        e.preventDefault();
        openBar();
        return;
      }
      if (Date.now() - pending.current > 1000 || e.ctrlKey || e.metaKey || e.altKey) return;
      const room = rooms.find((r) => r.key === e.key);
      pending.current = 0;
      if (!room) return;
      e.preventDefault();
      e.stopImmediatePropagation();
      go(to(here, room.path));
    };
    addEventListener("keydown", press, true);
    return () => removeEventListener("keydown", press, true);
  });
  useKeys(keys);
}

export function Shell({ place, onSignedOut, children }: { place: Place; onSignedOut: () => void; children: ComponentChildren }) {
  const here = useHere();
  const live = useLiveState();
  const bar = useRef<HTMLDialogElement>(null);
  const help = useRef<HTMLDialogElement>(null);
  const [look, setLook] = useState(theme());
  useGoKeys(
    () => bar.current?.showModal(),
    () => help.current?.showModal(),
  );
  const current = (path: string) => place.path === path || place.path.startsWith(`${path}/`);
  return (
    <>
      <a class="skip" href="#main">
        To the content
      </a>
      <header class="top">
        <a class="brand" href={to(here, "/sender/queue")}>
          Heed
        </a>
        <nav aria-label="Pages">
          {rooms.map((r) => (
            <a key={r.path} href={to(here, r.path)} aria-current={current(r.path) ? "page" : undefined}>
              {r.name}
            </a>
          ))}
        </nav>
        <div class="top-end">
          <span class={`live live-${live}`} role="status" title="Changes show by themselves while this says live">
            {live === "on" ? "live" : live === "waiting" ? "reconnecting" : "connecting"}
          </span>
          <label class="ws">
            <span class="hidden">Workspace</span>
            <select value={here.ws} onChange={(e) => go(`/sender/queue?ws=${encodeURIComponent(e.currentTarget.value)}`)}>
              {(here.session.workspaces ?? []).map((w) => (
                <option key={w.id} value={w.id}>
                  {w.id}
                </option>
              ))}
            </select>
          </label>
          <button type="button" onClick={() => bar.current?.showModal()} title="Ctrl K">
            Find
          </button>
          <StopSwitch />
          <details class="me">
            <summary aria-label="You">{here.session.user?.name.slice(0, 1).toUpperCase() ?? "?"}</summary>
            <div class="menu">
              <p>
                {here.session.user?.name}
                <br />
                <span class="dim">
                  {here.session.user?.email}, {here.role === "operator" ? "owner" : here.role.replace("_", " ")}
                </span>
              </p>
              <button type="button" onClick={() => setLook(nextTheme())}>
                Colours: {look}
              </button>
              <button type="button" onClick={() => help.current?.showModal()}>
                Keys
              </button>
              <button type="button" onClick={() => void signOut().finally(onSignedOut)}>
                Sign out
              </button>
            </div>
          </details>
        </div>
      </header>
      {here.role === "reader" && (
        <p class="banner" role="note">
          Read only: you see everything in {here.ws} and can change nothing.
        </p>
      )}
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <CommandBar dialog={bar} />
      <Help dialog={help} />
    </>
  );
}
