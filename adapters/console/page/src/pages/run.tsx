// One run: its steps, what the providers answered, and one step to try again.
import { ask, atLeast, within } from "../api";
import { to, useHere } from "../context";
import { useRead } from "../live";
import { Act, Loading, say, StatusTag, Trouble, WaitingText, When } from "../parts";
import { reasonText } from "../words";
import type { CampaignRow, RunDetail } from "../types";

export function RunPage({ run: id }: { run: string }) {
  const here = useHere();
  const read = useRead<RunDetail>(within(here.ws, "runs", id), (c) => id.endsWith(c.lead ?? "?"));
  const run = read.data;
  const campaign = useRead<CampaignRow>(run ? within(here.ws, "campaigns", run.campaign_id) : null);
  if (!run) return read.error ? <Trouble error={read.error} /> : <Loading />;
  const steps = campaign.data?.definition.sequence ?? [];
  const retry = (step: string) => ask(within(here.ws, "runs", id, "retry"), { method: "POST", body: { step } });
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
          const failed = touches.some((t) => t.state === "failed" || t.state === "dead") || past.some((h) => h.outcome === "blocked");
          return (
            <li key={s.id} class={i === run.cursor && run.status !== "done" ? "now" : ""}>
              <b>{s.id}</b> <span class="dim">{s.channel}, after {s.delay}</span>
              {past.map((h) => (
                <p key={h.at}>
                  <StatusTag status={h.outcome} /> <When at={h.at} /> {reasonText(h.detail)}
                </p>
              ))}
              {touches.map((t) => (
                <p key={t.effect_id} class="dim">
                  {t.account ?? "no account"}: {t.state}, attempt {t.attempts}
                  {t.provider_id && (
                    <>
                      , provider's id <code>{t.provider_id}</code>
                    </>
                  )}
                  {t.detail && `, answer: ${t.detail}`}
                </p>
              ))}
              {failed && run.status === "failed" && atLeast(here.role, "setter") && (
                <Act label="Retry step" act={() => retry(s.id)} onDone={() => (say("Will be tried again."), read.reload())} />
              )}
            </li>
          );
        })}
      </ol>
      {run.status === "failed" && steps[run.cursor] && atLeast(here.role, "setter") && (
        <Act label={`Retry ${steps[run.cursor]?.id ?? ""}`} kind="primary" act={() => retry(steps[run.cursor]?.id ?? "")} onDone={read.reload} />
      )}
    </>
  );
}
