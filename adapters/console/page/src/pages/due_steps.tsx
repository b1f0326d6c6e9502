// Day by day: what became of steps that were due.
import { within } from "../api";
import { seriesOf, Stacked, totalOf } from "../chart";
import { useHere } from "../context";
import { useRead } from "../live";
import { Loading, Trouble } from "../parts";
import { gateName } from "../words";
import type { DaysReport } from "../types";

export function DueSteps({ campaign, from }: { campaign: string; from: string }) {
  const here = useHere();
  const query = new URLSearchParams({ from, ...(campaign ? { campaign } : {}) });
  const read = useRead<DaysReport>(`${within(here.ws, "reports", "days")}?${query.toString()}`, (c) => c.runs === true, 5_000);
  const days = read.data?.days ?? [];
  return (
    <section class="card" aria-label="What became of due steps">
      <Trouble error={read.error} />
      {!read.data && !read.error && <Loading />}
      {read.data && (
        <Stacked
          label={`What became of due steps, by day (${read.data.time_zone})`}
          days={days.map((d) => d.date)}
          series={[
            { name: "sent", tone: "good", values: days.map((d) => d.sent) },
            ...seriesOf(days, (d) => d.waited, (gate) => `waited: ${gateName(gate)}`),
            { name: "paused", tone: "hold", values: days.map((d) => totalOf(d.paused)) },
            { name: "suppressed", tone: "bad", values: days.map((d) => totalOf(d.suppressed)) },
          ]}
        />
      )}
    </section>
  );
}
