// One lead: everything that happened and did not happen, and why.
import { useEffect, useState } from "preact/hooks";
import { ask, atLeast, Refusal, within } from "../api";
import { seriesOf, Stacked } from "../chart";
import { to, useHere } from "../context";
import { useRead } from "../live";
import { MessageText } from "../message_text";
import { Act, Loading, say, StatusTag, Trouble, WaitingText, When } from "../parts";
import { storyOf } from "../story";
import { clock, reasonText, stimulusName } from "../words";
import type { Decision, Lead, Page } from "../types";

/** Reads the journal to its end, page by page, and its new rows after that. The newest come first. */
function useJournal(ws: string, lead: string, seq: number) {
  const [all, set] = useState<Decision[]>([]);
  const [error, setError] = useState<Refusal>();
  const last = all[0]?.seq ?? 0;
  useEffect(() => {
    if (seq <= last) return;
    const abort = new AbortController();
    ask<Page<Decision>>(`${within(ws, "leads", lead, "journal")}?limit=200&after=${last || ""}`, { signal: abort.signal })
      .then((page) => page.items.length && set((old) => [...page.items.reverse(), ...old]))
      .catch((e: unknown) => e instanceof Refusal && setError(e));
    return () => abort.abort();
  }, [ws, lead, seq, last]);
  return { all, error };
}

/** All windows of rapid interaction are one kind of part. */
const kindOf = (what: string) => (what.startsWith("rapid interaction") ? "rapid interaction" : what);

/** How interest grew and faded, and of what it was made. */
function Grown({ lead }: { lead: Lead }) {
  const moments = lead.intent.over_time;
  if (moments.length < 2) return null;
  const by = (m: (typeof moments)[number]) => {
    const out: Record<string, number> = {};
    for (const p of m.parts) out[kindOf(p.what)] = (out[kindOf(p.what)] ?? 0) + p.points;
    return out;
  };
  return (
    <Stacked
      label="How it grew"
      what="When"
      sums={false}
      days={moments.map((m) => clock(m.at))}
      short={(at) => at.slice(-5)}
      series={seriesOf(moments, by, (name) => name)}
    />
  );
}

function Score({ lead }: { lead: Lead }) {
  const { intent } = lead;
  const most = Math.max(intent.threshold, intent.score, 1);
  return (
    <section class="card" aria-labelledby="score">
      <h2 id="score">Interest</h2>
      <p class="score">
        <b class={intent.score >= intent.threshold ? "hot" : ""}>{intent.score}</b> <span class="dim">of {intent.threshold} to be hot</span>
      </p>
      <meter min={0} max={most} high={intent.threshold} value={intent.score} aria-labelledby="score">
        {intent.score}
      </meter>
      {intent.signals.length === 0 ? (
        <p class="dim">No signal of interest counts at this moment.</p>
      ) : (
        <table class="plain">
          <tbody>
            {intent.signals.map((s) => (
              <tr key={s.what}>
                <th scope="row">{s.what}</th>
                <td class="dim">{s.sources.length > 1 ? `${s.sources.length} times` : ""}</td>
                <td class="num">+{s.points}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Grown lead={lead} />
      {intent.promotion && (
        <p class="dim">
          Became hot <When at={intent.promotion.at} /> with {intent.promotion.score} of {intent.promotion.threshold}.
        </p>
      )}
    </section>
  );
}

/** What stands now, in one sentence. */
function Standing({ lead }: { lead: Lead }) {
  if (lead.suppression.person) return <p class="standing bad">Nobody writes to this person any more: {reasonText(lead.suppression.person)}.</p>;
  if (lead.poisoned) return <p class="standing bad">A decision about this lead failed; nothing leaves until somebody clears it.</p>;
  if (lead.handoff)
    return (
      <p class="standing">
        A person has this lead since <When at={lead.handoff.since} />: {reasonText(lead.handoff.reason)}. Automation keeps silent.
      </p>
    );
  if (lead.snoozed_until)
    return (
      <p class="standing">
        Snoozed until <When at={lead.snoozed_until} />.
      </p>
    );
  return <p class="standing">Automation has this lead.</p>;
}

export function LeadActions({ lead, reload }: { lead: Lead; reload: () => void }) {
  const here = useHere();
  const [reason, setReason] = useState("");
  if (!atLeast(here.role, "setter")) return null;
  const post = (what: string, body: unknown) => ask(within(here.ws, "leads", lead.lead_id, what), { method: "POST", body });
  if (lead.suppression.person) return <p class="dim">Only a new consent opens this again; it is recorded over the API with its source.</p>;
  if (!lead.handoff) return <Act label="Take over" act={() => post("take", {})} onDone={() => (say("The lead is yours. Automation keeps silent."), reload())} />;
  return (
    <form
      class="row"
      onSubmit={(e) => {
        e.preventDefault();
        post("handback", { reason })
          .then(() => (say("Back to automation."), reload()))
          .catch((x: unknown) => x instanceof Refusal && say(`${x.message} ${x.fix}`, true));
      }}
    >
      <label class="grow">
        <span class="hidden">Why it goes back</span>
        <input placeholder="Why it goes back" value={reason} onInput={(e) => setReason(e.currentTarget.value)} required />
      </label>
      <button>Hand back</button>
    </form>
  );
}

/** What was said, with its links to go to; or, on request, the very characters that came (ZRG-112). */
function Said({ text, original }: { text: string; original: boolean }) {
  const [asIs, set] = useState(false);
  return (
    <>
      {asIs ? <pre class="original">{text}</pre> : <MessageText text={text} />}
      {original && (
        <button type="button" class="quiet" aria-pressed={asIs} onClick={() => set(!asIs)}>
          Original
        </button>
      )}
    </>
  );
}

export function Conversation({ lead }: { lead: Lead }) {
  if (lead.conversation.length === 0) return <p class="dim">Nobody has written yet.</p>;
  return (
    <ol class="talk">
      {lead.conversation.map((m, i) => (
        <li key={`${m.at}-${i}`} class={m.direction}>
          <p class="dim">
            {m.direction === "inbound" ? "From the lead" : "From us"}, {m.channel}, <When at={m.at} />
          </p>
          {m.subject && <p class="subject">{m.subject}</p>}
          {m.text === null ? <p class="dim">The text was erased.</p> : <Said text={m.text} original={m.direction === "inbound"} />}
        </li>
      ))}
    </ol>
  );
}

export const nameOf = (lead: Lead) =>
  [lead.fields["firstName"], lead.fields["lastName"]].filter(Boolean).join(" ") || lead.keys[0]?.value || lead.lead_id;

export function LeadPage({ lead: id }: { lead: string }) {
  const here = useHere();
  const read = useRead<Lead & { seq: number }>(within(here.ws, "leads", id), (c) => c.lead === id);
  const journal = useJournal(here.ws, id, read.data?.seq ?? 0);
  const [only, setOnly] = useState(false);
  const lead = read.data;
  if (!lead) return read.error ? <Trouble error={read.error} /> : <Loading />;
  const shown = journal.all
    .map((d) => ({ d, story: storyOf(d) }))
    .filter(({ d, story }) => !only || d.verdicts.length > 0 || story.some((l) => l.kind !== "change"));
  return (
    <>
      <div class="head">
        <h1>{nameOf(lead)}</h1>
        {lead.intent.hot && <span class="tag tag-hot">hot</span>}
        <span class="dim">{lead.fields["company"]}</span>
      </div>
      <Standing lead={lead} />
      <LeadActions lead={lead} reload={read.reload} />
      <div class="two">
        <section aria-labelledby="timeline">
          <div class="head">
            <h2 id="timeline">What happened, and what did not</h2>
            <label>
              <input type="checkbox" checked={only} onChange={(e) => setOnly(e.currentTarget.checked)} /> only sends and silences
            </label>
          </div>
          <Trouble error={journal.error} />
          <ol class="timeline">
            {shown.slice(0, 300).map(({ d, story }) => (
              <li key={d.seq}>
                <a href={to(here, `/leads/${id}/decisions/${d.seq}`)}>
                  <When at={d.decided_at} /> {stimulusName(d.kind)}
                </a>
                {story.map((l, i) => (
                  <p key={i} class={`line line-${l.kind}`}>
                    {l.text}
                  </p>
                ))}
              </li>
            ))}
          </ol>
        </section>
        <aside>
          <Score lead={lead} />
          <section class="card" aria-labelledby="runs">
            <h2 id="runs">Runs</h2>
            {lead.runs.length === 0 && <p class="dim">In no campaign.</p>}
            {lead.runs.map((r) => (
              <p key={r.run_id}>
                <a href={to(here, `/sender/queue/${r.run_id}`)}>{r.campaign_id}</a> <StatusTag status={r.status} />{" "}
                <WaitingText gate={r.waiting_at} reason={r.reason} until={r.status === "running" ? r.next_at : null} />
              </p>
            ))}
          </section>
          <section class="card" aria-labelledby="about">
            <h2 id="about">Known by</h2>
            <dl>
              {lead.keys.map((k) => (
                <div key={k.kind + k.value}>
                  <dt>{k.kind}</dt>
                  <dd>{k.value}</dd>
                </div>
              ))}
              {Object.entries(lead.consent).map(([channel, c]) => (
                <div key={channel}>
                  <dt>{channel} consent</dt>
                  <dd>
                    {c.status}, {c.source}
                  </dd>
                </div>
              ))}
              {lead.time_zone && (
                <div>
                  <dt>time zone</dt>
                  <dd>{lead.time_zone}</dd>
                </div>
              )}
              {lead.suppression.addresses.map((a) => (
                <div key={a.value}>
                  <dt>not written to</dt>
                  <dd>
                    {a.value}: {reasonText(a.reason)}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
          <section class="card" aria-labelledby="talk">
            <h2 id="talk">Conversation</h2>
            <Conversation lead={lead} />
          </section>
        </aside>
      </div>
    </>
  );
}
