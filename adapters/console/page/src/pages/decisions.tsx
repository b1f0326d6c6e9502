// What was decided, restraint first: deliveries are only context.
import { serverNow, within } from "../api";
import { Bars } from "../chart";
import { to, useHere } from "../context";
import { useRead } from "../live";
import { Empty, Loading, Pager, Trouble, When } from "../parts";
import { go, usePlace, withQuery } from "../router";
import { number, reasonText } from "../words";
import type { AudienceAction, CampaignRow, Page, Report } from "../types";

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

/** The restraint ledger: what was not sent, and why; the lead tells what happened after. */
function Ledger({ campaign }: { campaign: string }) {
  const here = useHere();
  const place = usePlace();
  const after = place.query.get("after") ?? "";
  const query = new URLSearchParams({ limit: "25", ...(campaign ? { campaign } : {}), ...(after ? { after } : {}) });
  const read = useRead<Page<AudienceAction>>(`${within(here.ws, "audience-actions")}?${query.toString()}`, (c) => c.runs === true);
  const items = read.data?.items ?? [];
  return (
    <section aria-labelledby="ledger">
      <h2 id="ledger">Held back, one by one</h2>
      <Trouble error={read.error} />
      {read.data && items.length === 0 && <p class="dim">Nothing was held back.</p>}
      {items.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="What was held back">
          <table>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Why</th>
                <th scope="col">Campaign</th>
                <th scope="col" class="num">
                  Score
                </th>
                <th scope="col">Decision, and what came after</th>
              </tr>
            </thead>
            <tbody>
              {items.map((a) => (
                <tr key={`${a.decisionId}/${a.campaignId}`}>
                  <td class="tight">
                    <When at={a.timestamp} />
                  </td>
                  <td>{reasonText(a.type.replace(/^sender\.suppressed_(hot)$/, "suppressed_hot").replace(/^sender\.suppressed_/, ""))}</td>
                  <td>{a.campaignId}</td>
                  <td class="num">
                    {a.score} of {a.threshold}
                  </td>
                  <td class="tight">
                    <a href={to(here, `/leads/${a.leadId}/decisions/${a.decisionId.slice(a.decisionId.lastIndexOf("-") + 1)}`)}>the gates</a>,{" "}
                    <a href={to(here, `/leads/${a.leadId}`)}>the lead</a>
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

export function DecisionsPage() {
  const here = useHere();
  const place = usePlace();
  const days = place.query.get("days") ?? "30";
  const campaign = place.query.get("campaign") ?? "";
  // To the minute, so that the address read stays the same while one looks.
  const now = Math.floor(serverNow() / 60_000) * 60_000;
  const query = new URLSearchParams({ ...(campaign ? { campaign } : {}), ...(days === "30" ? {} : { from: new Date(now - Number(days) * 86_400_000).toISOString() }) });
  const read = useRead<Report>(`${within(here.ws, "reports", "decisions")}?${query.toString()}`, () => true);
  const campaigns = useRead<Page<CampaignRow>>(`${within(here.ws, "campaigns")}?limit=200`);
  const r = read.data;
  const waited = r ? sum(r.context.waited) : 0;
  const skipped = r ? sum(r.context.skipped) + sum(r.context.blocked) : 0;
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
        <>
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
          <section class="card">
            <h2>What became of due steps</h2>
            <Bars
              label="What became of due steps"
              bars={[
                { name: "sent", value: r.context.sent, colour: "--good" },
                { name: "waited", value: waited, colour: "--wait" },
                { name: "approval", value: r.context.held_for_approval, colour: "--hold" },
                { name: "skipped", value: skipped, colour: "--dim" },
                { name: "suppressed", value: r.suppressed, colour: "--bad" },
              ]}
            />
          </section>
          <div class="cards">
            <Reasons title="Why suppressed" by={r.reasons.suppressed} none="Nothing was suppressed." />
            <Reasons title="Why people took over" by={r.reasons.takeovers} none="Nobody took over." />
            <Reasons title="What steps waited for" by={r.context.waited} none="No step waited." />
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
          <Ledger campaign={campaign} />
        </>
      )}
    </>
  );
}
