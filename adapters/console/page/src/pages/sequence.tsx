// The steps of a campaign, one card each: added, removed, moved, and said in words.
import type { Definition, Step } from "../types";

export type Edit = (d: Definition) => void;
export interface Problem {
  field: string;
  detail: string;
}
const channels = ["email", "sms", "whatsapp", "linkedin", "ai_voice"];
const emptyText = { subject: "", body: "" };

/** A name that nothing of the definition has. */
function freshId(d: Definition): string {
  for (let n = d.sequence.length + 1; ; ++n) {
    const id = `step${n}`;
    if (!d.sequence.some((s) => s.id === id) && !(id in d.templates)) return id;
  }
}

/** Without the texts that no step uses any more. */
function tidy(d: Definition): Definition {
  const used = new Set(d.sequence.map((s) => s.template));
  return { ...d, templates: Object.fromEntries(Object.entries(d.templates).filter(([name]) => used.has(name))) };
}

export function withStepAdded(d: Definition): Definition {
  const id = freshId(d);
  const step: Step = { id, channel: d.sequence.at(-1)?.channel ?? "email", delay: d.sequence.length ? "2d" : "0s", template: id, essential: false, requires_approval: false };
  return { ...d, sequence: [...d.sequence, step], templates: { ...d.templates, [id]: emptyText } };
}
export const withStepRemoved = (d: Definition, at: number): Definition => tidy({ ...d, sequence: d.sequence.filter((_, i) => i !== at) });
export function withStepMoved(d: Definition, at: number, by: number): Definition {
  const sequence = [...d.sequence];
  const [step] = sequence.splice(at, 1);
  if (step) sequence.splice(at + by, 0, step);
  return { ...d, sequence };
}

const about = (problems: Problem[], ...prefixes: string[]) => problems.filter((p) => prefixes.some((x) => p.field === x || p.field.startsWith(`${x}/`)));

function Wrong({ problems, id }: { problems: Problem[]; id: string }) {
  if (problems.length === 0) return null;
  return (
    <ul class="wrong" id={id}>
      {problems.map((p) => (
        <li key={p.field + p.detail}>{p.detail}</li>
      ))}
    </ul>
  );
}

function Text({ step, at, draft, edit, problems }: { step: Step; at: number; draft: Definition; edit: Edit; problems: Problem[] }) {
  const template = draft.templates[step.template];
  if (!template) return <Wrong id={`wrong-${at}`} problems={about(problems, `/sequence/${at}/template`)} />;
  const set = (change: { subject?: string; body?: string }) => edit({ ...draft, templates: { ...draft.templates, [step.template]: { ...template, ...change } } });
  const subject = about(problems, `/templates/${step.template}/subject`);
  const body = about(problems, `/templates/${step.template}/body`, `/templates/${step.template}/content_sid`);
  const shared = draft.sequence.filter((s) => s.template === step.template).length > 1;
  return (
    <>
      {step.channel === "email" && (
        <label>
          Subject {at > 0 && <span class="dim">(empty: the thread goes on)</span>}
          <input value={template.subject} aria-invalid={subject.length > 0} aria-describedby={`subject-${at}`} onInput={(e) => set({ subject: e.currentTarget.value })} />
        </label>
      )}
      <Wrong id={`subject-${at}`} problems={subject} />
      <label>
        Text {shared && <span class="dim">(the same text is used by other steps)</span>}
        <textarea rows={5} value={template.body} aria-invalid={body.length > 0} aria-describedby={`text-${at}`} onInput={(e) => set({ body: e.currentTarget.value })} />
      </label>
      <Wrong id={`text-${at}`} problems={body} />
    </>
  );
}

function StepCard({ step, at, draft, edit, locked, problems }: { step: Step; at: number; draft: Definition; edit: Edit; locked: boolean; problems: Problem[] }) {
  const set = (change: Partial<Step>) => edit({ ...draft, sequence: draft.sequence.map((s, i) => (i === at ? { ...s, ...change } : s)) });
  const last = draft.sequence.length - 1;
  const own = about(problems, `/sequence/${at}/id`, `/sequence/${at}/channel`, `/sequence/${at}/delay`, `/sequence/${at}/at`, `/sequence/${at}/guard`);
  return (
    <li class={own.length > 0 ? "card is-wrong" : "card"}>
      <fieldset disabled={locked}>
        <legend>
          {at + 1}. {step.id}
        </legend>
        <div class="row">
          <label>
            Channel{" "}
            <select value={step.channel} onChange={(e) => set({ channel: e.currentTarget.value })}>
              {channels.map((c) => (
                <option key={c} value={c}>
                  {c}
                </option>
              ))}
            </select>
          </label>
          <label>
            {step.at ? "After the start" : "Delay"}{" "}
            <input class="short" value={step.at?.delay ?? step.delay ?? ""} title="90s, 5m, 3h, 2d, or 3bd for business days" onInput={(e) => set(step.at ? { at: { ...step.at, delay: e.currentTarget.value } } : { delay: e.currentTarget.value })} />
          </label>
          <label>
            <input type="checkbox" checked={step.essential} onChange={(e) => set({ essential: e.currentTarget.checked })} /> essential
          </label>
          <label>
            <input type="checkbox" checked={step.requires_approval} onChange={(e) => set({ requires_approval: e.currentTarget.checked })} /> somebody approves each message
          </label>
          {!locked && (
            <span class="act step-act">
              <button type="button" disabled={at === 0} aria-label={`Move ${step.id} up`} onClick={() => edit(withStepMoved(draft, at, -1))}>
                ↑
              </button>
              <button type="button" disabled={at === last} aria-label={`Move ${step.id} down`} onClick={() => edit(withStepMoved(draft, at, 1))}>
                ↓
              </button>
              <button type="button" disabled={last === 0} aria-label={`Remove ${step.id}`} onClick={() => edit(withStepRemoved(draft, at))}>
                Remove
              </button>
            </span>
          )}
        </div>
        <Wrong id={`step-${at}`} problems={own} />
        <Text step={step} at={at} draft={draft} edit={edit} problems={problems} />
        {step.guard !== undefined && step.guard !== null && (
          <p class="dim">
            Only if <code>{JSON.stringify(step.guard)}</code>
          </p>
        )}
      </fieldset>
    </li>
  );
}

/** What is wrong with parts that stand in no card. */
const elsewhere = (problems: Problem[], d: Definition) =>
  problems.filter((p) => !/^\/sequence\/\d+\/(id|channel|delay|at|guard|template)/.test(p.field) && !Object.keys(d.templates).some((t) => p.field.startsWith(`/templates/${t}/`)));

export function Sequence({ draft, edit, locked, problems }: { draft: Definition; edit: Edit; locked: boolean; problems: Problem[] }) {
  return (
    <>
      <ol class="sequence">
        {draft.sequence.map((s, i) => (
          <StepCard key={s.id} step={s} at={i} draft={draft} edit={edit} locked={locked} problems={problems} />
        ))}
      </ol>
      {elsewhere(problems, draft).map((p) => (
        <p key={p.field} class="wrong">
          <code>{p.field}</code> {p.detail}
        </p>
      ))}
      {!locked && (
        <p>
          <button type="button" onClick={() => edit(withStepAdded(draft))}>
            Add a step
          </button>
        </p>
      )}
    </>
  );
}
