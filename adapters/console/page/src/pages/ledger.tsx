// The restraint ledger: what was not sent, why, and what happened after.
import { within } from "../api";
import { to, useHere } from "../context";
import { useRead } from "../live";
import { Loading, Pager, Trouble, When } from "../parts";
import { go, usePlace, withQuery } from "../router";
import { outcomeText, reasonText, stimulusName } from "../words";
import type { Page, Restraint } from "../types";

const kinds = [
  { id: "", name: "everything" },
  { id: "run_ended", name: "runs ended" },
  { id: "skipped", name: "steps passed over" },
  { id: "blocked", name: "steps refused" },
];
const said: Record<Restraint["what"], string> = { run_ended: "run ended", skipped: "passed over", blocked: "refused" };

function What({ line }: { line: Restraint }) {
  const steps = line.withheld.map((s) => s.step_id).join(", ");
  return (
    <>
      {steps ? <b>{steps}</b> : <span class="dim">nothing was left to send</span>}
      <span class="dim"> {said[line.what]}</span>
    </>
  );
}

function After({ line }: { line: Restraint }) {
  const here = useHere();
  if (line.afterwards.length === 0) return <span class="dim">nothing so far</span>;
  return (
    <>
      {line.outcome && <span class={`tag tag-${line.outcome}`}>{outcomeText(line.outcome)}</span>}
      {line.afterwards.slice(0, 3).map((e) => (
        <a key={e.seq} href={to(here, `/leads/${line.lead_id}/decisions/${e.seq}`)}>
          {stimulusName(e.kind)} <When at={e.at} />
        </a>
      ))}
    </>
  );
}

/** Of the lines on the screen: how many came to what. */
function Sum({ items }: { items: Restraint[] }) {
  const by = new Map<string, number>();
  for (const line of items) by.set(line.outcome ?? "", (by.get(line.outcome ?? "") ?? 0) + 1);
  const parts = [...by.entries()].sort((a, b) => b[1] - a[1]).map(([outcome, n]) => `${n} ${outcome ? outcomeText(outcome) : "nothing so far"}`);
  return <p class="dim">What came after these {items.length}: {parts.join(", ")}.</p>;
}

export function Ledger({ campaign }: { campaign: string }) {
  const here = useHere();
  const place = usePlace();
  const after = place.query.get("after") ?? "";
  const what = place.query.get("what") ?? "";
  const query = new URLSearchParams({ limit: "25", ...(campaign ? { campaign } : {}), ...(what ? { what } : {}), ...(after ? { after } : {}) });
  const read = useRead<Page<Restraint>>(`${within(here.ws, "restraint")}?${query.toString()}`, (c) => c.runs === true, 5_000);
  const items = read.data?.items ?? [];
  return (
    <section aria-labelledby="ledger">
      <div class="head">
        <h2 id="ledger">Restraint ledger: what was not sent</h2>
        <nav class="tabs" aria-label="Kind of restraint">
          {kinds.map((k) => (
            <a key={k.id} href={withQuery(place, { what: k.id || null, after: null })} aria-current={k.id === what ? "page" : undefined}>
              {k.name}
            </a>
          ))}
        </nav>
      </div>
      <Trouble error={read.error} />
      {!read.data && !read.error && <Loading />}
      {read.data && items.length === 0 && <p class="dim">Nothing was held back. What the gates end, pass over or refuse stands here, with what the lead did afterwards.</p>}
      {items.length > 0 && <Sum items={items} />}
      {items.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="What was not sent">
          <table>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Lead</th>
                <th scope="col">Not sent</th>
                <th scope="col">Why</th>
                <th scope="col">What happened after</th>
              </tr>
            </thead>
            <tbody>
              {items.map((line) => (
                <tr key={`${line.at}/${line.lead_id}/${line.campaign_id}/${line.what}/${line.withheld[0]?.step_id ?? ""}`}>
                  <td class="tight">
                    <When at={line.at} />
                  </td>
                  <td>
                    <a href={to(here, `/leads/${line.lead_id}`)}>{line.who ?? line.lead_id}</a> <span class="dim">{line.campaign_id}</span>
                  </td>
                  <td>
                    <What line={line} />
                  </td>
                  <td>
                    {line.decision_id ? <a href={to(here, `/leads/${line.lead_id}/decisions/${line.decision_id.slice(line.decision_id.lastIndexOf("-") + 1)}`)}>{reasonText(line.reason)}</a> : reasonText(line.reason)}
                    {line.score !== null && (
                      <span class="dim">
                        , score {line.score} of {line.threshold}
                      </span>
                    )}
                  </td>
                  <td class="after">
                    <After line={line} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager next={read.data?.next ?? null} first={!after} onNext={() => go(withQuery(place, { after: read.data?.next ?? null }))} onFirst={() => go(withQuery(place, { after: null }))} />
    </section>
  );
}
