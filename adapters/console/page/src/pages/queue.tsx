// Every run and why it stands where it stands.
import { useEffect, useState } from "preact/hooks";
import { ask, atLeast, within } from "../api";
import { to, useHere } from "../context";
import { useKeys } from "../keys";
import { useRead } from "../live";
import { Act, Empty, Loading, Pager, say, Trouble, WaitingText, When } from "../parts";
import { go, usePlace, withQuery } from "../router";
import { number } from "../words";
import { FailedSteps, useRetryable } from "./failed_steps";
import { runStatuses, type CampaignRow, type Page, type Run, type RunPage, type RunStatus } from "../types";

const emptyTexts: Record<RunStatus, string> = {
  pending: "Runs that have not begun would be here. A run begins when a lead arrives for an enabled campaign.",
  running: "No run is on its way. Enable a campaign, or send a lead to the API.",
  paused: "Nothing waits for a person.",
  suppressed: "No run was ended to protect somebody.",
  failed: "No run failed as a whole.",
  done: "No run has come to its end yet.",
};

function useCampaigns(ws: string) {
  const read = useRead<Page<CampaignRow>>(`${within(ws, "campaigns")}?limit=200`);
  return read.data?.items ?? [];
}

/** What can be done with the run here; where a gate forbids it there is a reason instead of a button. */
function Actions({ run, campaigns, onDone }: { run: Run; campaigns: CampaignRow[]; onDone: () => void }) {
  const here = useHere();
  if (!atLeast(here.role, "setter")) return null;
  const step = campaigns.find((c) => c.id === run.campaign_id)?.definition.sequence[run.cursor]?.id;
  const post = (...parts: string[]) => ask(within(here.ws, "runs", run.run_id, ...parts), { method: "POST", body: {} });
  if (run.status === "paused" && run.reason === "awaiting_approval" && step)
    return (
      <>
        <Act label="Approve" kind="primary" act={() => post("steps", step, "approve")} onDone={() => (say(`Approved for ${run.who ?? run.lead_id}.`), onDone())} />
        <Act label="Reject" act={() => post("steps", step, "reject")} onDone={() => (say("Rejected: it will not be sent."), onDone())} />
      </>
    );
  if (run.status === "paused" && run.reason === "operator")
    return <Act label="Resume" act={() => post("resume")} onDone={onDone} />;
  if (run.status === "running" || run.status === "pending") return <Act label="Pause" act={() => post("pause")} onDone={onDone} />;
  if (run.reason === "handed_off") return <span class="dim">hand the lead back first</span>;
  if (run.status === "suppressed") return <span class="dim">ended for good</span>;
  return null;
}

function Row({ run, campaigns, chosen, onDone }: { run: Run; campaigns: CampaignRow[]; chosen: boolean; onDone: () => void }) {
  const here = useHere();
  const campaign = campaigns.find((c) => c.id === run.campaign_id);
  const step = campaign?.definition.sequence[run.cursor];
  return (
    <tr class={chosen ? "chosen" : ""} aria-selected={chosen}>
      <td>
        <a href={to(here, `/leads/${run.lead_id}`)}>{run.who ?? run.lead_id}</a>
      </td>
      <td>{campaign?.definition.name ?? run.campaign_id}</td>
      <td class="tight">
        {step ? (
          <a href={to(here, `/sender/queue/${run.run_id}`)}>
            {run.cursor + 1}. {step.id} <span class="dim">{step.channel}</span>
          </a>
        ) : (
          <a href={to(here, `/sender/queue/${run.run_id}`)}>run</a>
        )}
      </td>
      <td>
        <WaitingText gate={run.waiting_at} reason={run.reason} until={run.status === "running" || run.status === "pending" ? run.next_at : null} />
        {!run.waiting_at && run.status === "running" && run.next_at && (
          <span>
            next step <When at={run.next_at} relative />
          </span>
        )}
      </td>
      <td class="num">{run.intent_score}</td>
      <td class="tight act">
        <Actions run={run} campaigns={campaigns} onDone={onDone} />
      </td>
    </tr>
  );
}

export function QueuePage() {
  const here = useHere();
  const place = usePlace();
  const asked = runStatuses.find((s) => s === place.query.get("status"));
  const status = asked ?? "running";
  const campaign = place.query.get("campaign") ?? "";
  const after = place.query.get("after") ?? "";
  const query = new URLSearchParams({ status, limit: "50", ...(campaign ? { campaign } : {}), ...(after ? { after } : {}) });
  const runs = useRead<RunPage>(`${within(here.ws, "runs")}?${query.toString()}`, (c) => c.runs === true);
  const campaigns = useCampaigns(here.ws);
  const [at, setAt] = useState(-1);
  const items = runs.data?.items ?? [];
  // Nobody asked for a status, and nothing is on its way: the first of what there is.
  const counts = runs.data?.counts;
  const better = !asked && counts && counts.running === 0 ? (["paused", "pending", "failed", "suppressed", "done"] as const).find((s) => counts[s] > 0) : undefined;
  useEffect(() => {
    if (better) go(withQuery(place, { status: better }), "replace");
  }, [better]);
  const retryable = useRetryable(here.ws, campaign);
  const chosen = items[at];
  const approve = () => {
    const step = campaigns.find((c) => c.id === chosen?.campaign_id)?.definition.sequence[chosen?.cursor ?? 0]?.id;
    if (!chosen || chosen.reason !== "awaiting_approval" || !step || !atLeast(here.role, "setter")) return;
    ask(within(here.ws, "runs", chosen.run_id, "steps", step, "approve"), { method: "POST", body: {} })
      .then(() => (say(`Approved for ${chosen.who ?? chosen.lead_id}.`), runs.reload()))
      .catch((e: unknown) => say(String(e), true));
  };
  useKeys({
    j: () => setAt(Math.min(at + 1, items.length - 1)),
    k: () => setAt(Math.max(at - 1, 0)),
    Enter: () => chosen && go(to(here, `/leads/${chosen.lead_id}`)),
    a: approve,
  });
  return (
    <>
      <div class="head">
        <h1>Queue</h1>
        <label>
          Campaign{" "}
          <select value={campaign} onChange={(e) => go(withQuery(place, { campaign: e.currentTarget.value || null, after: null, steps_after: null }))}>
            <option value="">all</option>
            {campaigns.map((c) => (
              <option key={c.id} value={c.id}>
                {c.definition.name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <nav class="tabs" aria-label="Status">
        {runStatuses.map((s) => (
          <a key={s} href={withQuery(place, { status: s, after: null, steps_after: null })} aria-current={s === status ? "page" : undefined}>
            {s} <b>{runs.data ? number(runs.data.counts[s]) : ""}</b>
            {s === "failed" && retryable && <b title="Steps that failed for good while their run goes on, and can be tried again"> + {retryable}</b>}
          </a>
        ))}
      </nav>
      <Trouble error={runs.error} />
      {((!runs.data && !runs.error) || better) && <Loading />}
      {runs.data && !better && items.length === 0 && status !== "failed" && <Empty title={`Nothing is ${status}`}>{emptyTexts[status]}</Empty>}
      {items.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Runs">
          <table>
            <thead>
              <tr>
                <th scope="col">Lead</th>
                <th scope="col">Campaign</th>
                <th scope="col">Step</th>
                <th scope="col">{status === "running" || status === "pending" ? "Waits at" : "Because"}</th>
                <th scope="col" class="num">
                  Score
                </th>
                <th scope="col">
                  <span class="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((r, i) => (
                <Row key={r.run_id} run={r} campaigns={campaigns} chosen={i === at} onDone={runs.reload} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {status === "failed" && <FailedSteps campaign={campaign} />}
      <Pager
        next={runs.data?.next ?? null}
        first={!after}
        onNext={() => go(withQuery(place, { after: runs.data?.next ?? null }))}
        onFirst={() => go(withQuery(place, { after: null }))}
      />
    </>
  );
}
