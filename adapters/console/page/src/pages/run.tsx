// One run: its steps, what the providers answered, and one step to try again.
import { within } from "../api";
import { to, useHere } from "../context";
import { useRead } from "../live";
import { Loading, StatusTag, Trouble, WaitingText, When } from "../parts";
import { plain, reasonText } from "../words";
import { RetryStep } from "./failed_steps";
import type { CampaignRow, RunDetail, Touch } from "../types";

/** One message on its way: through what, how often it was tried, and what the provider said. */
function TouchLine({ touch: t }: { touch: Touch }) {
  const failed = t.state === "failed" || t.state === "unknown";
  return (
    <dl class={failed ? "touch is-wrong" : "touch"}>
      <div>
        <dt>through</dt>
        <dd>
          {t.account ?? "no account"}, {plain(t.state)}
        </dd>
      </div>
      <div>
        <dt>attempts</dt>
        <dd>
          {t.attempts}
          {t.claimed_at && (
            <>
              , the last <When at={t.claimed_at} />
            </>
          )}
        </dd>
      </div>
      {t.detail && (
        <div>
          <dt>answer</dt>
          <dd>{t.detail}</dd>
        </div>
      )}
      {t.provider_id && (
        <div>
          <dt>known there as</dt>
          <dd>
            <code>{t.provider_id}</code>
          </dd>
        </div>
      )}
    </dl>
  );
}

export function RunPage({ run: id }: { run: string }) {
  const here = useHere();
  const read = useRead<RunDetail>(within(here.ws, "runs", id), (c) => id.endsWith(c.lead ?? "?"));
  const run = read.data;
  const campaign = useRead<CampaignRow>(run ? within(here.ws, "campaigns", run.campaign_id) : null);
  if (!run) return read.error ? <Trouble error={read.error} /> : <Loading />;
  const steps = campaign.data?.definition.sequence ?? [];
  return (
    <>
      <div class="head">
        <h1>{campaign.data?.definition.name ?? run.campaign_id}</h1>
        <StatusTag status={run.status} />
        <a href={to(here, `/leads/${run.lead_id}`)}>to the lead</a>
      </div>
      <p class="big">
        <WaitingText gate={run.waiting_at} reason={run.reason} until={run.status === "running" ? run.next_at : null} />
      </p>
      <ol class="steps">
        {steps.map((s, i) => {
          const past = run.history.filter((h) => h.step_id === s.id);
          const touches = run.touches.filter((t) => t.step_id === s.id);
          const failed = run.failed.find((f) => f.step_id === s.id);
          return (
            <li key={s.id} class={i === run.cursor && run.status !== "done" ? "now" : ""}>
              <b>{s.id}</b> <span class="dim">{s.channel}, after {s.at?.delay ?? s.delay}</span>
              {past.map((h) => (
                <p key={h.at}>
                  <StatusTag status={h.outcome} /> <When at={h.at} /> {reasonText(h.detail)}
                </p>
              ))}
              {touches.map((t) => (
                <TouchLine key={t.effect_id} touch={t} />
              ))}
              {failed && (
                <p>
                  <RetryStep run={id} step={s.id} retry={failed.retry} onDone={read.reload} />
                </p>
              )}
            </li>
          );
        })}
      </ol>
    </>
  );
}
