// A campaign's messages. Every edit is checked by the server, strictly, before it counts.
import { useEffect, useState } from "preact/hooks";
import { ask, atLeast, Refusal, within } from "../api";
import { to, useHere } from "../context";
import { useRead } from "../live";
import { Loading, say, Trouble } from "../parts";
import { gateName, plain, reasonText } from "../words";
import { CampaignSwitch } from "./campaigns";
import { CampaignSettings } from "./campaign_settings";
import { Sequence, type Problem } from "./sequence";
import { SmartSetup } from "./smart_setup";
import { WhatIf } from "./what_if";
import type { CampaignCheck, CampaignRow, Definition, LeadLine, Page, Preview, Step } from "../types";

/** What would be refused, and how the texts come out, a moment after the last change. */
function useCheck(id: string, draft: Definition | undefined, may: boolean): CampaignCheck | undefined {
  const here = useHere();
  const [found, set] = useState<CampaignCheck>();
  useEffect(() => {
    if (!draft || !may) return;
    const abort = new AbortController();
    const t = window.setTimeout(() => {
      ask<CampaignCheck>(within(here.ws, "campaigns", id, "check"), { method: "POST", body: draft, signal: abort.signal })
        .then(set)
        .catch(() => undefined);
    }, 250);
    return () => {
      clearTimeout(t);
      abort.abort();
    };
  }, [id, draft, may]);
  return found;
}

/** The texts for nobody: a person's variables show their names. */
function Samples({ check }: { check: CampaignCheck }) {
  if (check.samples.length === 0) return null;
  return (
    <section class="card" aria-labelledby="samples">
      <h2 id="samples">How the texts come out</h2>
      <ol class="steps">
        {check.samples.map((s) => (
          <li key={s.step_id}>
            <b>{s.step_id}</b> <span class="dim">{s.channel}</span>
            {s.missing.length > 0 && <p class="bad-text">Would wait: the workspace has no {s.missing.join(", no ")}.</p>}
            {s.subject && <p class="subject">{s.subject}</p>}
            {s.body && <p class="words">{s.body}</p>}
          </li>
        ))}
      </ol>
      <details>
        <summary>Variables that texts may use</summary>
        <p class="dim">
          {check.variables.map((v) => (
            <code key={v}>{`{${v}} `}</code>
          ))}
        </p>
      </details>
    </section>
  );
}

/** What a lead would get at a step as it is saved, and which gate would say no at this moment. */
function PreviewFor({ id, steps }: { id: string; steps: Step[] }) {
  const here = useHere();
  const [shown, set] = useState<Preview>();
  const [error, setError] = useState<Refusal>();
  const closed = shown?.gates.find((g) => g.outcome !== "pass");
  return (
    <section class="card" aria-labelledby="preview">
      <h2 id="preview">Preview</h2>
      <form
        class="row"
        onSubmit={(e) => {
          e.preventDefault();
          const data = new FormData(e.currentTarget as HTMLFormElement);
          setError(undefined);
          ask<Page<LeadLine>>(`${within(here.ws, "leads")}?limit=1&q=${encodeURIComponent(String(data.get("who")))}`)
            .then((found) => {
              const lead = found.items[0];
              if (!lead) throw new Refusal(404, "No lead has such an address.", "Type part of an email address or number.", []);
              return ask<Preview>(within(here.ws, "campaigns", id, "preview"), { method: "POST", body: { lead: lead.lead_id, step: String(data.get("step")) } });
            })
            .then(set)
            .catch((x: unknown) => x instanceof Refusal && setError(x));
        }}
      >
        <label>
          Lead <input name="who" required placeholder="part of an address" />
        </label>
        <label>
          Step{" "}
          <select name="step">
            {steps.map((s) => (
              <option key={s.id} value={s.id}>
                {s.id}
              </option>
            ))}
          </select>
        </label>
        <button>Show</button>
      </form>
      <Trouble error={error} />
      {shown && (
        <div role="status">
          {shown.message && (
            <>
              <p class="dim">to {shown.message.to}</p>
              {shown.message.subject && <p class="subject">{shown.message.subject}</p>}
              <p class="words">{shown.message.body}</p>
            </>
          )}
          <p>
            {closed ? (
              <>
                Would not leave now: <b>{gateName(closed.gate)}</b>, {reasonText(closed.reason)}
              </>
            ) : (
              "All gates are open for it now."
            )}
          </p>
        </div>
      )}
    </section>
  );
}

export function CampaignPage({ id }: { id: string }) {
  const here = useHere();
  const path = within(here.ws, "campaigns", id);
  const read = useRead<CampaignRow>(path);
  const [draft, setDraft] = useState<Definition>();
  const [error, setError] = useState<Refusal>();
  const etag = read.data?.etag;
  useEffect(() => setDraft(read.data?.definition), [etag]);
  const may = atLeast(here.role, "admin");
  const check = useCheck(id, draft, may);
  const campaign = read.data;
  if (!campaign || !draft) return read.error ? <Trouble error={read.error} /> : <Loading />;
  const changed = JSON.stringify(draft) !== JSON.stringify(campaign.definition);
  // What a save was refused for is said until something changes.
  const edit = (d: Definition) => {
    setError(undefined);
    setDraft(d);
  };
  const problems: Problem[] = error?.problems.length ? error.problems : (check?.problems ?? []);
  const save = () =>
    ask(path, { method: "PUT", body: draft, headers: { "If-Match": campaign.etag } })
      .then(() => {
        setError(undefined);
        say("Saved.");
        read.reload();
      })
      .catch((e: unknown) => e instanceof Refusal && setError(e));
  return (
    <>
      <div class="head">
        <h1>{campaign.definition.name}</h1>
        <span class="dim">
          {plain(campaign.definition.intent)}, sequence version {campaign.sequence_version}
        </span>
        <a href={to(here, "/sender/queue", { campaign: id })}>its queue</a>
        <a href={to(here, "/decisions", { campaign: id })}>its decisions</a>
        {atLeast(here.role, "setter") && <a href="#what-if">what if it goes live</a>}
        <span class="act">
          <CampaignSwitch campaign={campaign} reload={read.reload} />
        </span>
      </div>
      <p>
        A lead that scores {campaign.definition.profile.threshold} is hot: from then on a person answers and every run of it ends.
        {!may && " You may look at this; an admin may change it."}
      </p>
      <Trouble error={error} />
      <div class="two editor">
        <div>
          <CampaignSettings draft={draft} edit={edit} locked={!may} />
          <Sequence draft={draft} edit={edit} locked={!may} problems={problems} />
        </div>
        <aside>
          {may && <SmartSetup id={id} name={draft.name} take={(d) => edit({ ...draft, intent: d.intent, sequence: d.sequence, templates: d.templates })} />}
          {check && <Samples check={check} />}
          {atLeast(here.role, "setter") && <PreviewFor id={id} steps={campaign.definition.sequence} />}
        </aside>
      </div>
      {may && (
        <p class="row sticky">
          <button type="button" class="primary" disabled={!changed} onClick={() => void save()}>
            Check and save
          </button>
          <button type="button" disabled={!changed} onClick={() => (setError(undefined), setDraft(campaign.definition))}>
            Take back
          </button>
          {changed && <span class="dim">Changed; nothing counts until it is saved.</span>}
        </p>
      )}
      {atLeast(here.role, "setter") && <WhatIf id={id} draft={draft} changed={changed} />}
    </>
  );
}
