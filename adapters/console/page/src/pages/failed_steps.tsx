// Steps that a provider refused: which, what it answered, and one to try again. Their runs go on, so they stand in other views.
import { ask, atLeast, within } from "../api";
import { to, useHere } from "../context";
import { useRead } from "../live";
import { Act, Empty, Pager, say, Trouble, When } from "../parts";
import { go, usePlace, withQuery } from "../router";
import { reasonText } from "../words";
import type { Page, Restraint, Retry } from "../types";

/** A button where the lead would take it, else the reason why not. */
export function RetryStep({ run, step, retry, onDone }: { run: string; step: string; retry: Retry; onDone: () => void }) {
  const here = useHere();
  if (!retry.possible) return <span class="dim">not now: {reasonText(retry.reason)}</span>;
  if (!atLeast(here.role, "setter")) return null;
  return (
    <Act
      label="Retry step"
      act={() => ask(within(here.ws, "runs", run, "retry"), { method: "POST", body: { step } })}
      onDone={() => (say("Will be tried again, through all gates."), onDone())}
    />
  );
}

const ledger = (ws: string, campaign: string, limit: number, after = "") =>
  `${within(ws, "restraint")}?${new URLSearchParams({ what: "blocked", limit: String(limit), ...(campaign ? { campaign } : {}), ...(after ? { after } : {}) }).toString()}`;

/** How many of the latest can be tried again, so that nobody has to look for them: "3 steps". Dear to compute, hence seldom. */
const counted = 10;
export function useRetryable(ws: string, campaign: string): string {
  const read = useRead<Page<Restraint>>(ledger(ws, campaign, counted), (c) => c.runs === true, 10_000);
  const n = (read.data?.items ?? []).filter((line) => line.retry?.possible).length;
  return n === 0 ? "" : n === 1 ? "1 step" : `${n === counted ? `${n} or more` : n} steps`;
}

export function FailedSteps({ campaign }: { campaign: string }) {
  const here = useHere();
  const place = usePlace();
  const after = place.query.get("steps_after") ?? "";
  const read = useRead<Page<Restraint>>(ledger(here.ws, campaign, 50, after), (c) => c.runs === true);
  const items = read.data?.items ?? [];
  return (
    <section aria-labelledby="failed-steps">
      <h2 id="failed-steps">Steps that failed</h2>
      <Trouble error={read.error} />
      {read.data && items.length === 0 && <Empty title="No step failed">A message that its provider refused for good would be here, with the answer it gave.</Empty>}
      {items.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Steps that failed">
          <table>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Lead</th>
                <th scope="col">Step</th>
                <th scope="col">The provider's answer</th>
                <th scope="col">
                  <span class="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((line) => {
                const step = line.withheld[0];
                const run = `${line.campaign_id}__${line.lead_id}`;
                return (
                  <tr key={`${line.at}/${run}/${step?.step_id ?? ""}`}>
                    <td class="tight">
                      <When at={line.at} />
                    </td>
                    <td>
                      <a href={to(here, `/leads/${line.lead_id}`)}>{line.who ?? line.lead_id}</a> <span class="dim">{line.campaign_id}</span>
                    </td>
                    <td class="tight">
                      <a href={to(here, `/sender/queue/${run}`)}>{step?.step_id}</a> <span class="dim">{step?.channel}</span>
                    </td>
                    <td>{reasonText(line.reason)}</td>
                    <td class="tight act">{step && line.retry && <RetryStep run={run} step={step.step_id} retry={line.retry} onDone={read.reload} />}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      <Pager next={read.data?.next ?? null} first={!after} onNext={() => go(withQuery(place, { steps_after: read.data?.next ?? null }))} onFirst={() => go(withQuery(place, { steps_after: null }))} />
    </section>
  );
}
