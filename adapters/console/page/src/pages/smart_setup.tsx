// "Prepare follow-up for me": what it would be, before it takes the place of anything.
import { useState } from "preact/hooks";
import { ask, Refusal, within } from "../api";
import { useHere } from "../context";
import { Trouble } from "../parts";
import type { CampaignRow, Definition } from "../types";

export const intents = [
  { id: "investor", name: "Investors", tone: "gentle, widely spaced" },
  { id: "end_user", name: "People with a request", tone: "informative, structured" },
  { id: "re_engagement", name: "Old acquaintances", tone: "one question, one farewell" },
];

function Shown({ definition }: { definition: Definition }) {
  return (
    <ol class="steps" aria-label="What would be prepared">
      {definition.sequence.map((s, i) => {
        const text = definition.templates[s.template];
        return (
          <li key={s.id}>
            <b>{s.id}</b> <span class="dim">{s.channel}, {i === 0 ? "at once" : `after ${s.at?.delay ?? s.delay ?? ""}`}</span>
            {text?.subject && <p class="subject">{text.subject}</p>}
            <p class="words">{text?.body}</p>
          </li>
        );
      })}
    </ol>
  );
}

/** @param take what is chosen goes on as a draft; nothing is stored by looking. */
export function SmartSetup({ id, name, take }: { id: string; name: string; take: (d: Definition) => void }) {
  const here = useHere();
  const [shown, set] = useState<{ intent: string; definition: Definition }>();
  const [error, setError] = useState<Refusal>();
  const look = (intent: string) => {
    setError(undefined);
    ask<CampaignRow>(within(here.ws, "campaigns", id, "prepare"), { method: "POST", body: { intent, name, preview: true } })
      .then((made) => set({ intent, definition: made.definition }))
      .catch((e: unknown) => e instanceof Refusal && setError(e));
  };
  return (
    <section class="card" aria-labelledby="smart-setup">
      <h2 id="smart-setup">Prepare a follow-up for me</h2>
      <p class="row">
        {intents.map((i) => (
          <button key={i.id} type="button" aria-pressed={shown?.intent === i.id} onClick={() => look(i.id)}>
            {i.name} <span class="dim">{i.tone}</span>
          </button>
        ))}
      </p>
      <Trouble error={error} />
      {shown && (
        <div role="status">
          <Shown definition={shown.definition} />
          <p class="row">
            <button
              type="button"
              class="primary"
              onClick={() => {
                take(shown.definition);
                set(undefined);
              }}
            >
              Use this
            </button>
            <button type="button" onClick={() => set(undefined)}>
              Leave it
            </button>
          </p>
        </div>
      )}
    </section>
  );
}
