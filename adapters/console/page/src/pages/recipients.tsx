// Whom an email goes to: the lead's choices in order, and who is in copy.
import { useId, useState } from "preact/hooks";
import { reasonText } from "../words";
import type { Recipients } from "../types";

const roles: Record<Recipients["choices"][number]["as"], string> = {
  replier: "answers now",
  latest_sender: "wrote last",
  primary: "the lead",
  alternate: "another address",
};

export interface Addressed {
  from: Recipients;
  to: string;
  setTo: (to: string) => void;
  cc: string;
  setCc: (cc: string) => void;
  /** What stands against sending it; empty = nothing. */
  against: string;
  /** For the request. */
  body: { to?: string; cc?: string[] };
}

/** The choice that stands until somebody makes another: the draft's, else the first that may be written to. */
export function useAddressed(from: Recipients, on: string, draft?: { to: string | null; cc: string[] }): Addressed {
  const usual = draft?.to ?? from.choices.find((c) => !c.held)?.email ?? "";
  const [chosen, setTo] = useState<string>();
  const [cc, setCc] = useState(draft?.cc.join(", ") ?? "");
  if (on !== "email") return { from, to: "", setTo, cc: "", setCc, against: "", body: {} };
  const to = chosen ?? usual;
  const held = from.choices.find((c) => c.email === to)?.held;
  const against = !to ? "Select a recipient before sending." : held ? `${to} may not be written to: ${reasonText(held)}.` : "";
  const copies = cc.split(/[\s,;]+/).filter(Boolean);
  return { from, to, setTo, cc, setCc, against, body: { ...(to ? { to } : {}), ...(from.copies ? { cc: copies } : {}) } };
}

export function AddressFields({ who }: { who: Addressed }) {
  const why = useId();
  const { choices, fixed, copies } = who.from;
  return (
    <>
      <div class="addresses">
        <label>
          To
          <select value={who.to} disabled={fixed !== null} aria-describedby={fixed ? why : undefined} onChange={(e) => who.setTo(e.currentTarget.value)}>
            {!who.to && <option value="">nobody yet</option>}
            {choices.map((c) => (
              <option key={c.email} value={c.email} disabled={c.held !== null}>
                {c.name ? `${c.name}, ` : ""}
                {c.email} ({c.held ? reasonText(c.held) : roles[c.as]})
              </option>
            ))}
          </select>
        </label>
        {copies && (
          <label>
            Cc
            <input value={who.cc} inputMode="email" autocomplete="off" placeholder="nobody" onInput={(e) => who.setCc(e.currentTarget.value)} />
          </label>
        )}
      </div>
      {fixed && (
        <p class="dim" id={why}>
          Nobody else can be chosen: {fixed}.
        </p>
      )}
    </>
  );
}
