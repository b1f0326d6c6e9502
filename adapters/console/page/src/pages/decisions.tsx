// What was decided, restraint first: deliveries are only context.
import { serverNow, within } from "../api";
import { to, useHere } from "../context";
import { useRead } from "../live";
import { Empty, Loading, Trouble } from "../parts";
import { go, usePlace, withQuery } from "../router";
import { number, reasonText } from "../words";
import { DueSteps } from "./due_steps";
import { Ledger } from "./ledger";
import type { CampaignRow, Page, Report } from "../types";

const spans: [string, string][] = [
  ["1", "a day"],
  ["7", "a week"],
  ["30", "30 days"],
];
const sum = (by: Record<string, number>) => Object.values(by).reduce((a, b) => a + b, 0);

function Reasons({ title, by, none }: { title: string; by: Record<string, number>; none: string }) {
  const rows = Object.entries(by).sort((a, b) => b[1] - a[1]);
  const total = sum(by);
  return (
    <section class="card">
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p class="dim">{none}</p>
      ) : (
        <table class="plain">
          <tbody>
            {rows.map(([reason, n]) => (
              <tr key={reason}>
                <th scope="row">{reasonText(reason)}</th>
                <td class="num">{number(n)}</td>
                <td class="num dim">{Math.round((100 * n) / total)} %</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

export function DecisionsPage() {
  const here = useHere();
  const place = usePlace();
  const days = place.query.get("days") ?? "30";
  const campaign = place.query.get("campaign") ?? "";
  // To the minute, so that the address read stays the same while one looks.
  const now = Math.floor(serverNow() / 60_000) * 60_000;
  const from = new Date(now - Number(days) * 86_400_000).toISOString();
  const query = new URLSearchParams({ from, ...(campaign ? { campaign } : {}) });
  const read = useRead<Report>(`${within(here.ws, "reports", "decisions")}?${query.toString()}`, () => true, 5_000);
  const campaigns = useRead<Page<CampaignRow>>(`${within(here.ws, "campaigns")}?limit=200`);
  const r = read.data;
  return (
    <>
      <div class="head">
        <h1>Decisions</h1>
        <label>
          Campaign{" "}
          <select value={campaign} onChange={(e) => go(withQuery(place, { campaign: e.currentTarget.value || null, after: null }))}>
            <option value="">all</option>
            {(campaigns.data?.items ?? []).map((c) => (
              <option key={c.id} value={c.id}>
                {c.definition.name}
              </option>
            ))}
          </select>
        </label>
        <nav class="tabs" aria-label="Of the last">
          {spans.map(([d, name]) => (
            <a key={d} href={withQuery(place, { days: d })} aria-current={d === days ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
      </div>
      <Trouble error={read.error} />
      {!r && !read.error && <Loading />}
      {r && r.context.enrolled + r.context.sent + r.suppressed === 0 && (
        <Empty title="Nothing was decided in this time">Choose a longer time, or enable a campaign.</Empty>
      )}
      {r && (
        <dl class="figures-row">
          <div>
            <dt>Follow-ups welcomed</dt>
            <dd>{number(r.welcomed)}</dd>
          </div>
          <div>
            <dt>Suppressed to avoid damage</dt>
            <dd>{number(r.suppressed)}</dd>
          </div>
          <div>
            <dt>Taken over by people</dt>
            <dd>{number(r.takeovers)}</dd>
          </div>
        </dl>
      )}
      <DueSteps campaign={campaign} from={from} />
      {r && (
        <div class="cards">
          <Reasons title="Why suppressed" by={r.reasons.suppressed} none="Nothing was suppressed." />
          <Reasons title="Why people took over" by={r.reasons.takeovers} none="Nobody took over." />
          <Reasons title="What steps waited for" by={r.context.waited} none="No step waited." />
          <Reasons title="What runs paused for" by={{ ...r.context.paused, ...(r.context.held_for_approval ? { awaiting_approval: r.context.held_for_approval } : {}) }} none="No run paused." />
          <section class="card">
            <h2>Only as context</h2>
            <table class="plain">
              <tbody>
                <tr>
                  <th scope="row">enrolled</th>
                  <td class="num">{number(r.context.enrolled)}</td>
                </tr>
                <tr>
                  <th scope="row">messages sent</th>
                  <td class="num">{number(r.context.sent)}</td>
                </tr>
                <tr>
                  <th scope="row">outcome unknown</th>
                  <td class="num">{number(r.context.unknown)}</td>
                </tr>
              </tbody>
            </table>
            <p>
              <a href={to(here, "/sender/queue", { status: "suppressed" })}>See the runs that were ended</a>
            </p>
          </section>
        </div>
      )}
      <Ledger campaign={campaign} />
    </>
  );
}
