// A campaign's messages. Every edit is checked by the server, strictly, before it counts.
import { useEffect, useState } from "preact/hooks";
import { ask, atLeast, Refusal, within } from "../api";
import { to, useHere } from "../context";
import { useRead } from "../live";
import { Loading, say, Trouble } from "../parts";
import { gateName, plain, reasonText } from "../words";
import { CampaignSwitch } from "./campaigns";
import type { CampaignRow, Definition, LeadLine, Page, Preview, Step } from "../types";

function StepEditor({ step, at, draft, edit, locked }: { step: Step; at: number; draft: Definition; edit: (d: Definition) => void; locked: boolean }) {
  const template = draft.templates[step.template];
  const setStep = (change: Partial<Step>) => edit({ ...draft, sequence: draft.sequence.map((s, i) => (i === at ? { ...s, ...change } : s)) });
  const setTemplate = (change: { subject?: string; body?: string }) => {
    if (template) edit({ ...draft, templates: { ...draft.templates, [step.template]: { ...template, ...change } } });
  };
  return (
    <li class="card">
      <fieldset disabled={locked}>
        <legend>
          {at + 1}. {step.id} <span class="dim">{step.channel}</span>
        </legend>
        <div class="row">
          <label>
            Delay <input class="short" value={step.delay} onInput={(e) => setStep({ delay: e.currentTarget.value })} />
          </label>
          <label>
            <input type="checkbox" checked={step.essential} onChange={(e) => setStep({ essential: e.currentTarget.checked })} /> essential
          </label>
          <label>
            <input type="checkbox" checked={step.requires_approval} onChange={(e) => setStep({ requires_approval: e.currentTarget.checked })} /> somebody approves each message
          </label>
        </div>
        {template && step.channel === "email" && (
          <label>
            Subject <input value={template.subject} onInput={(e) => setTemplate({ subject: e.currentTarget.value })} />
          </label>
        )}
        {template && (
          <label>
            Text <textarea rows={5} value={template.body} onInput={(e) => setTemplate({ body: e.currentTarget.value })} />
          </label>
        )}
        {step.guard !== undefined && step.guard !== null && (
          <p class="dim">
            Only if <code>{JSON.stringify(step.guard)}</code>
          </p>
        )}
      </fieldset>
    </li>
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
  const campaign = read.data;
  if (!campaign || !draft) return read.error ? <Trouble error={read.error} /> : <Loading />;
  const may = atLeast(here.role, "admin");
  const changed = JSON.stringify(draft) !== JSON.stringify(campaign.definition);
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
        <span class="act">
          <CampaignSwitch campaign={campaign} reload={read.reload} />
        </span>
      </div>
      <p>
        A lead that scores {campaign.definition.profile.threshold} is hot: from then on a person answers and every run of it ends.
        {!may && " You may look at this; an admin may change it."}
      </p>
      <Trouble error={error} />
      <ol class="sequence">
        {draft.sequence.map((s, i) => (
          <StepEditor key={s.id} step={s} at={i} draft={draft} edit={setDraft} locked={!may} />
        ))}
      </ol>
      {atLeast(here.role, "setter") && <PreviewFor id={id} steps={campaign.definition.sequence} />}
      {may && (
        <p class="row sticky">
          <button type="button" class="primary" disabled={!changed} onClick={() => void save()}>
            Check and save
          </button>
          <button type="button" disabled={!changed} onClick={() => setDraft(campaign.definition)}>
            Take back
          </button>
          {changed && <span class="dim">Changed; nothing counts until it is saved.</span>}
        </p>
      )}
    </>
  );
}
