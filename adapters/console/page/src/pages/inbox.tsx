// The leads that wait for a person: the list, the conversation, and why it is here.
import { useEffect } from "preact/hooks";
import { ask, atLeast, Refusal, serverNow, within } from "../api";
import { to, useHere } from "../context";
import { useKeys } from "../keys";
import { useRead } from "../live";
import { Act, Empty, Loading, Pager, say, Trouble, When } from "../parts";
import { go, usePlace, withQuery } from "../router";
import { reasonText } from "../words";
import { Composer } from "./composer";
import { Conversation, LeadActions, nameOf } from "./lead";
import type { Handoff, Lead, Page } from "../types";

const shelves = [
  { id: "", name: "Unassigned" },
  { id: "mine", name: "Mine" },
  { id: "all", name: "All" },
];

const day = 24 * 3600 * 1000;

function Card({ id, handoff, onDone }: { id: string; handoff: Handoff | undefined; onDone: () => void }) {
  const here = useHere();
  const place = usePlace();
  const read = useRead<Lead>(within(here.ws, "leads", id), (c) => c.lead === id);
  const lead = read.data;
  const reload = () => {
    read.reload();
    onDone();
  };
  if (!lead) return read.error ? <Trouble error={read.error} /> : <Loading />;
  const may = atLeast(here.role, "setter");
  // Whoever answers has taken it.
  const take = (words: string) => {
    if (!lead.handoff || handoff?.acknowledged_at) return;
    ask(within(here.ws, "handoffs", id, "acknowledge"), { method: "POST", body: {} })
      .then(() => (words && say(words), reload()))
      .catch((e: unknown) => e instanceof Refusal && say(`${e.message} ${e.fix}`, true));
  };
  const email = lead.keys.find((k) => k.kind === "email")?.value;
  return (
    <>
      <section class="pane talk-pane" aria-label="Conversation" tabIndex={0}>
        <div class="head">
          <h2>{nameOf(lead)}</h2>
          {lead.intent.hot && <span class="tag tag-hot">hot</span>}
          <a href={to(here, `/leads/${id}`)}>everything</a>
        </div>
        <Conversation lead={lead} />
        {may && <Composer lead={lead} linked={place.query.get("draft")} reload={reload} onAnswer={() => take("")} />}
      </section>
      <aside class="pane" aria-label="Why this lead is here">
        <section class="card">
          <h2>Why it is here</h2>
          <p>
            {lead.handoff ? (
              <>
                {reasonText(lead.handoff.reason)}, <When at={lead.handoff.since} relative />. Automation keeps silent until it is handed back.
              </>
            ) : (
              "It is with automation again."
            )}
          </p>
          {handoff?.acknowledged_by && (
            <p class="dim">
              {handoff.acknowledged_by} took notice <When at={handoff.acknowledged_at} relative />.
            </p>
          )}
          <p>
            Interest {lead.intent.score} of {lead.intent.threshold}
          </p>
          <ul class="parts">
            {lead.intent.signals.map((s) => (
              <li key={s.what}>
                {s.what} +{s.points}
              </li>
            ))}
          </ul>
        </section>
        {may && lead.handoff && (
          <section class="card">
            <h2>What to do</h2>
            <p class="row">
              {email && (
                <a class="button primary" href={`mailto:${encodeURIComponent(email)}`} target="_blank" rel="noreferrer" onClick={() => take("Yours now.")}>
                  Answer by mail
                </a>
              )}
              {!handoff?.acknowledged_at && (
                <Act label="Acknowledge" title="e" act={() => ask(within(here.ws, "handoffs", id, "acknowledge"), { method: "POST", body: {} })} onDone={() => (say("Yours now."), reload())} />
              )}
              <Act
                label="Snooze a day"
                title="s"
                act={() => ask(within(here.ws, "leads", id, "snooze"), { method: "POST", body: { until: new Date(serverNow() + day).toISOString() } })}
                onDone={() => (say("Snoozed for a day."), reload())}
              />
            </p>
            <LeadActions lead={lead} reload={reload} />
          </section>
        )}
      </aside>
    </>
  );
}

export function InboxPage({ selected }: { selected: string }) {
  const here = useHere();
  const place = usePlace();
  const shelf = place.query.get("show") ?? "";
  const after = place.query.get("after") ?? "";
  const query = new URLSearchParams({ limit: "100", ...(shelf === "" ? { open: "true" } : {}), ...(after ? { after } : {}) });
  const read = useRead<Page<Handoff>>(`${within(here.ws, "handoffs")}?${query.toString()}`, (c) => c.handoff === true);
  const me = here.session.user?.email ?? "";
  const items = (read.data?.items ?? []).filter((h) =>
    shelf === "all" ? true : shelf === "mine" ? !h.ended_at && (h.acknowledged_by === me || h.by === me) : !h.ended_at && !h.acknowledged_at,
  );
  const at = items.findIndex((h) => h.lead_id === selected);
  const current = items[at];
  const href = (lead: string) => withQuery({ path: `/inbox/${lead}`, query: place.query }, {});
  const open = (i: number) => {
    const h = items[Math.max(0, Math.min(i, items.length - 1))];
    if (h) go(href(h.lead_id), "replace");
  };
  const may = atLeast(here.role, "setter");
  const act = (path: string, body: unknown, done: string) => {
    if (!selected || !may) return;
    ask(path, { method: "POST", body })
      .then(() => {
        say(done);
        read.reload();
        open(at + 1 < items.length ? at + 1 : at - 1);
      })
      .catch((e: unknown) => e instanceof Refusal && say(`${e.message} ${e.fix}`, true));
  };
  useKeys({
    j: () => open(at + 1),
    k: () => open(at < 0 ? 0 : at - 1),
    Enter: () => document.querySelector<HTMLElement>(".talk-pane")?.focus(),
    e: () => act(within(here.ws, "handoffs", selected, "acknowledge"), {}, "Yours now."),
    r: () => act(within(here.ws, "handoffs", selected, "handback"), { reason: "answered" }, "Back to automation."),
    s: () => act(within(here.ws, "leads", selected, "snooze"), { until: new Date(serverNow() + day).toISOString() }, "Snoozed for a day."),
  });
  // Where list and lead have room side by side, the next one is open already.
  const first = items[0]?.lead_id;
  useEffect(() => {
    if (!selected && first && matchMedia("(min-width: 60rem)").matches) go(href(first), "replace");
  }, [selected, first]);
  useEffect(() => {
    document.querySelector(".rows [aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  return (
    <>
      <div class="head">
        <h1>Inbox</h1>
        <nav class="tabs" aria-label="Whose">
          {shelves.map((s) => (
            <a key={s.id} href={withQuery({ path: "/inbox", query: place.query }, { show: s.id || null, after: null })} aria-current={s.id === shelf ? "page" : undefined}>
              {s.name}
            </a>
          ))}
        </nav>
      </div>
      <Trouble error={read.error} />
      {!read.data && !read.error && <Loading />}
      <div class={selected ? "three has-choice" : "three"}>
        <nav class="pane rows" aria-label="Leads that wait for a person">
          {read.data && items.length === 0 && (
            <Empty title="Nobody waits">
              {shelf === "mine" ? "Take notice of a lead under Unassigned and it is yours." : "A lead comes here when it gets hot, replies, or somebody takes it over."}
            </Empty>
          )}
          {items.map((h) => (
            <a key={`${h.lead_id}/${h.episode}`} href={href(h.lead_id)} aria-current={h === current ? "true" : undefined}>
              <b>{h.who ?? h.lead_id}</b>
              <When at={h.since} relative />
              <span class="dim">
                {reasonText(h.reason)}
                {h.ended_at ? `, handed back by ${h.ended_by ?? "automation"}` : h.acknowledged_by ? `, with ${h.acknowledged_by}` : ""}
              </span>
            </a>
          ))}
          <Pager
            next={read.data?.next ?? null}
            first={!after}
            onNext={() => go(withQuery(place, { after: read.data?.next ?? null }))}
            onFirst={() => go(withQuery(place, { after: null }))}
          />
        </nav>
        {selected ? (
          <Card key={selected} id={selected} handoff={current} onDone={read.reload} />
        ) : (
          items.length > 0 && <Empty title="Choose a lead">Press j, or click one.</Empty>
        )}
      </div>
    </>
  );
}
