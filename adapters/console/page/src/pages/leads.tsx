import { useEffect, useState } from "preact/hooks";
import { within } from "../api";
import { to, useHere } from "../context";
import { useKeys } from "../keys";
import { useRead } from "../live";
import { Empty, Loading, Pager, Trouble, When } from "../parts";
import { go, usePlace, withQuery } from "../router";
import { reasonText } from "../words";
import type { LeadLine, Page } from "../types";

const kinds = ["", "handed_off", "suppressed", "poisoned", "running", "paused", "failed", "done"];

export function LeadsPage() {
  const here = useHere();
  const place = usePlace();
  const q = place.query.get("q") ?? "";
  const status = place.query.get("status") ?? "";
  const after = place.query.get("after") ?? "";
  const [text, set] = useState(q);
  useEffect(() => {
    const t = window.setTimeout(() => {
      if (text.trim() !== q) go(withQuery(place, { q: text.trim() || null, after: null }), "replace");
    }, 200);
    return () => clearTimeout(t);
  }, [text]);
  const query = new URLSearchParams({ limit: "50", ...(q ? { q } : {}), ...(status ? { status } : {}), ...(after ? { after } : {}) });
  const leads = useRead<Page<LeadLine>>(`${within(here.ws, "leads")}?${query.toString()}`, () => true);
  const items = leads.data?.items ?? [];
  const [at, setAt] = useState(-1);
  useKeys({
    j: () => setAt(Math.min(at + 1, items.length - 1)),
    k: () => setAt(Math.max(at - 1, 0)),
    Enter: () => items[at] && go(to(here, `/leads/${items[at]?.lead_id ?? ""}`)),
  });
  return (
    <>
      <div class="head">
        <h1>Leads</h1>
        <label>
          <span class="hidden">Part of an address, number or id</span>
          <input type="search" placeholder="Part of an address, number or id" value={text} onInput={(e) => set(e.currentTarget.value)} />
        </label>
        <label>
          Show{" "}
          <select value={status} onChange={(e) => go(withQuery(place, { status: e.currentTarget.value || null, after: null }))}>
            {kinds.map((k) => (
              <option key={k} value={k}>
                {k ? k.replace("_", " ") : "all"}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Trouble error={leads.error} />
      {!leads.data && !leads.error && <Loading />}
      {leads.data && items.length === 0 && (
        <Empty title="No lead is found">{q || status ? "Search for less, or show all." : "Leads come in through the API (POST …/leads), a provider's webhook, or a form."}</Empty>
      )}
      {items.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Leads">
          <table>
            <thead>
              <tr>
                <th scope="col">Lead</th>
                <th scope="col">Who talks to it</th>
                <th scope="col" class="num">
                  Runs
                </th>
                <th scope="col">Last decision</th>
              </tr>
            </thead>
            <tbody>
              {items.map((l, i) => (
                <tr key={l.lead_id} class={i === at ? "chosen" : ""}>
                  <td>
                    <a href={to(here, `/leads/${l.lead_id}`)}>{l.who ?? l.lead_id}</a>
                  </td>
                  <td>
                    {l.suppressed ? <span class="tag tag-suppressed">{reasonText(l.suppressed)}</span> : l.handed_off ? "a person" : "automation"}
                    {l.hot && <span class="tag tag-hot">hot</span>}
                  </td>
                  <td class="num">{l.runs}</td>
                  <td>
                    <When at={l.last_decided} relative />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager
        next={leads.data?.next ?? null}
        first={!after}
        onNext={() => go(withQuery(place, { after: leads.data?.next ?? null }))}
        onFirst={() => go(withQuery(place, { after: null }))}
      />
    </>
  );
}
