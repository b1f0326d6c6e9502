// For those who keep it running: what lives, what died, through what we send, and what is stopped.
import { ask, atLeast } from "../api";
import { to, useHere } from "../context";
import { useEvery, useRead } from "../live";
import { Act, Loading, Pager, say, Trouble, When } from "../parts";
import { go, usePlace, withQuery } from "../router";
import { number } from "../words";
import { Accounts } from "./accounts";
import type { Component, DeadLetter, Page } from "../types";

function Branch({ at, below, open }: { at: Component; below: string; open: boolean }) {
  const here = useHere();
  const name = below && at.path.startsWith(`${below}/`) ? at.path.slice(below.length + 1) : at.path;
  const line = (
    <>
      <b>{name}</b> <span class={`tag tag-${at.state === "running" ? "running" : at.state === "stopped" ? "off" : "failed"}`}>{at.state}</span>
      {at.restarts > 0 && <span class="tag tag-paused">{at.restarts} restarts</span>}
      {at.handled !== null && <span class="dim"> {number(at.handled)} handled</span>}
      {(at.mailbox ?? 0) > 0 && <span class="dim">, {at.mailbox} waiting</span>}
      {at.last_error && <span class="bad-text"> {at.last_error}</span>}
    </>
  );
  const again =
    here.session.operator && at.handled !== null ? (
      <Act
        label="Restart"
        kind="quiet"
        title={`Restart ${at.path} in place`}
        act={() => ask(`/admin/actors/${encodeURIComponent(at.path)}/restart`, { method: "POST", body: {} })}
        onDone={() => say(`${at.path} starts again.`)}
      />
    ) : null;
  if (at.children.length === 0)
    return (
      <li>
        {line} {again}
      </li>
    );
  return (
    <li>
      <details open={open}>
        <summary>
          {line} <span class="dim">{at.children.length}</span>
        </summary>
        <ul class="tree">
          {at.children.map((c) => (
            <Branch key={c.path} at={c} below={at.path} open={c.restarts > 0} />
          ))}
        </ul>
      </details>
    </li>
  );
}

function Components() {
  const read = useRead<{ tree: Component; resident_leads: number; undecided: number }>("/admin/actors");
  const counts = useRead<Record<string, number>>("/admin/counts");
  useEvery(3000, () => {
    read.reload();
    counts.reload();
  });
  return (
    <section class="card" aria-labelledby="components">
      <h2 id="components">Components</h2>
      <Trouble error={read.error} />
      {!read.data && !read.error && <Loading />}
      {read.data && (
        <p class="dim">
          {number(read.data.resident_leads)} leads in memory, {number(read.data.undecided)} stimuli undecided
          {counts.data && `, ${number(counts.data["leads"] ?? 0)} leads stored, ${number(counts.data["effects_in_flight"] ?? 0)} calls on the wire, ${number(counts.data["effects_unknown"] ?? 0)} of unknown outcome`}
        </p>
      )}
      {read.data && (
        <ul class="tree">
          <Branch at={read.data.tree} below="" open />
        </ul>
      )}
    </section>
  );
}

function DeadLetters() {
  const here = useHere();
  const place = usePlace();
  const after = place.query.get("after") ?? "";
  const read = useRead<Page<DeadLetter>>(`/admin/dead-letters?workspace=${encodeURIComponent(here.ws)}&limit=25${after ? `&after=${encodeURIComponent(after)}` : ""}`, () => false);
  const items = read.data?.items ?? [];
  return (
    <section class="card" aria-labelledby="dead">
      <h2 id="dead">Dead letters</h2>
      <Trouble error={read.error} />
      {read.data && items.length === 0 && <p class="dim">None. What cannot be decided after several tries comes here, and its lead is kept silent.</p>}
      {items.map((d) => (
        <p key={d.id} class="row">
          <span class="grow">
            <b>{d.kind}</b> of <a href={to(here, `/leads/${d.lead_id}`)}>{d.lead_id}</a>, {d.attempts} tries, <When at={d.died_at} relative />
            <br />
            <span class="bad-text">{d.error}</span>
          </span>
          {d.what === "stimulus" ? (
            <Act label="Requeue" act={() => ask(`/admin/dead-letters/${encodeURIComponent(d.id)}/requeue`, { method: "POST", body: {} })} onDone={() => (say("It is decided again."), read.reload())} />
          ) : (
            <span class="dim">retry it through its run</span>
          )}
        </p>
      ))}
      <Pager next={read.data?.next ?? null} first={!after} onNext={() => go(withQuery(place, { after: read.data?.next ?? null }))} onFirst={() => go(withQuery(place, { after: null }))} />
    </section>
  );
}

export function OperationsPage() {
  const here = useHere();
  return (
    <>
      <div class="head">
        <h1>Operations</h1>
        {atLeast(here.role, "admin") && <a href={to(here, "/operations/users")}>Users of this workspace</a>}
      </div>
      <Accounts />
      <div class="cards wide">
        {here.session.operator ? (
          <>
            <DeadLetters />
            <Components />
          </>
        ) : (
          <p class="dim">Components and dead letters are shown to those who run the installation.</p>
        )}
      </div>
    </>
  );
}
