// Small pieces that every page is made of.
import { type ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Refusal } from "./api";
import { clock, distance, exactly, gateName, gates, reasonText } from "./words";
import type { RunStatus } from "./types";

/** An instant as people read it; the exact one on hover, for machines and screen readers. */
export function When({ at, relative = false }: { at: string | null | undefined; relative?: boolean }) {
  if (!at) return null;
  return (
    <time dateTime={at} title={exactly(at)}>
      {relative ? distance(at) : clock(at)}
    </time>
  );
}

export function StatusTag({ status }: { status: RunStatus | string }) {
  return <span class={`tag tag-${status}`}>{status}</span>;
}

export function Trouble({ error }: { error: Refusal | undefined }) {
  if (!error) return null;
  return (
    <div class="trouble" role="alert">
      <strong>{error.message}</strong> {error.fix}
      {error.problems.length > 0 && (
        <ul>
          {error.problems.map((p) => (
            <li key={p.field}>
              <code>{p.field}</code> {p.detail}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Nothing is here: says why that may be, and what to do. */
export function Empty({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      <p>{children}</p>
    </div>
  );
}

/** While nothing has come yet; shown only when that takes long enough to be noticed. */
export function Loading() {
  const [late, set] = useState(false);
  useEffect(() => {
    const t = window.setTimeout(() => set(true), 300);
    return () => clearTimeout(t);
  }, []);
  return (
    <p class="loading" role="status">
      {late ? "Loading" : ""}
    </p>
  );
}

/** Why a run stands where it stands, in one phrase. */
export function WaitingText({ gate, reason, until }: { gate: string | null; reason: string | null; until: string | null }) {
  const says = reasonText(reason);
  if (!gate) return <>{says}</>;
  return (
    <>
      <b title={gates[gate]?.opens}>{gateName(gate)}</b>
      {says && <span class="dim"> {says}</span>}
      {until && (
        <span class="opens">
          {", opens "}
          <When at={until} relative />
        </span>
      )}
    </>
  );
}

/** A button that does one thing on the server and says what came of it. */
export function Act({
  label,
  act,
  onDone,
  kind = "",
  title,
}: {
  label: string;
  act: () => Promise<unknown>;
  onDone?: () => void;
  kind?: string;
  title?: string;
}) {
  const [busy, setBusy] = useState(false);
  return (
    <button
      type="button"
      class={kind}
      title={title}
      disabled={busy}
      onClick={() => {
        setBusy(true);
        act()
          .then(() => onDone?.())
          .catch((e: unknown) => say(e instanceof Refusal ? `${e.message} ${e.fix}` : "This page met an error.", true))
          .finally(() => setBusy(false));
      }}
    >
      {label}
    </button>
  );
}

// What was done or refused, in a corner, read out by screen readers.
interface Saying {
  text: string;
  bad: boolean;
}
let hear: (s: Saying) => void = () => undefined;
export function say(text: string, bad = false): void {
  hear({ text, bad });
}
export function Sayings() {
  const [now, set] = useState<Saying | null>(null);
  useEffect(() => {
    hear = set;
  }, []);
  useEffect(() => {
    if (!now || now.bad) return;
    const t = window.setTimeout(() => set(null), 4000);
    return () => clearTimeout(t);
  }, [now]);
  return (
    <div class="sayings" role="status" aria-live="polite">
      {now && (
        <p class={now.bad ? "saying bad" : "saying"}>
          {now.text}
          <button type="button" class="quiet" aria-label="Dismiss" onClick={() => set(null)}>
            ×
          </button>
        </p>
      )}
    </div>
  );
}

export function Pager({ next, first, onNext, onFirst }: { next: string | null; first: boolean; onNext: () => void; onFirst: () => void }) {
  if (!next && first) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {!first && (
        <button type="button" onClick={onFirst}>
          First page
        </button>
      )}
      {next && (
        <button type="button" onClick={onNext}>
          Next page
        </button>
      )}
    </nav>
  );
}
