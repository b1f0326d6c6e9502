// What the campaign would do, found by letting it do so to nobody.
import { useEffect, useState } from "preact/hooks";
import { ask, Refusal, within } from "../api";
import { seriesOf, Stacked, totalOf } from "../chart";
import { useHere } from "../context";
import { Trouble } from "../parts";
import { gateName, number, plain, reasonText } from "../words";
import type { Definition, Forecast } from "../types";

const people = [
  { id: "silent", name: "people who keep silent" },
  { id: "cold", name: "strangers" },
  { id: "warm", name: "people who asked" },
  { id: "keen", name: "people who want it" },
];
const isOver = (f: Forecast | undefined) => !f || f.state === "done" || f.state === "failed" || f.state === "given_up";
const askAgain = 400;

/** Reads how far it is until it is over; once when the page opens. */
function useForecast(path: string) {
  const [now, set] = useState<Forecast>();
  const [error, setError] = useState<Refusal>();
  const hear = (p: Promise<Forecast>) =>
    p.then((f) => (setError(undefined), set(f))).catch((e: unknown) => e instanceof Refusal && e.status !== 404 && setError(e));
  useEffect(() => void hear(ask<Forecast>(path)), [path]);
  useEffect(() => {
    if (isOver(now)) return;
    const t = window.setTimeout(() => void hear(ask<Forecast>(path)), askAgain);
    return () => clearTimeout(t);
  }, [now]);
  return { now, error, hear };
}

function Charts({ report }: { report: NonNullable<Forecast["report"]> }) {
  const dates = Object.keys(report.days).sort();
  const days = dates.map((d) => report.days[d]!);
  const sum = (part: (d: (typeof days)[number]) => number) => days.reduce((all, d) => all + part(d), 0);
  return (
    <>
      <dl class="figures-row">
        <div>
          <dt>messages</dt>
          <dd>{number(sum((d) => d.sent))}</dd>
        </div>
        <div>
          <dt>runs ended by restraint</dt>
          <dd>{number(sum((d) => totalOf(d.suppressed)))}</dd>
        </div>
        <div>
          <dt>handed to people</dt>
          <dd>{number(sum((d) => d.handoffs))}</dd>
        </div>
      </dl>
      <Stacked label="Messages per day, by channel" days={dates} series={seriesOf(days, (d) => d.channels, plain)} />
      <Stacked label="Steps that were due and waited, by gate" days={dates} series={seriesOf(days, (d) => d.waits, gateName)} />
      <Stacked
        label="Runs that paused or were ended"
        days={dates}
        series={[...seriesOf(days, (d) => d.pauses, (why) => `paused: ${reasonText(why)}`), ...seriesOf(days, (d) => d.suppressed, (why) => `ended: ${reasonText(why)}`).map((s) => ({ ...s, tone: "bad" }))]}
      />
      <h3>Where runs stand at the end</h3>
      <ul class="parts">
        {report.standings.map((s) => (
          <li key={s.status + s.why}>
            <b>{number(s.runs)}</b> {s.status}
            {s.why && `: ${reasonText(s.why)}`}
          </li>
        ))}
      </ul>
      {report.notes.map((n) => (
        <p key={n} class="dim">
          {n}
        </p>
      ))}
    </>
  );
}

export function WhatIf({ id, draft, changed }: { id: string; draft: Definition; changed: boolean }) {
  const here = useHere();
  const path = within(here.ws, "campaigns", id, "forecast");
  const { now, error, hear } = useForecast(path);
  const [list, setList] = useState("");
  const begin = (form: HTMLFormElement) => {
    const data = new FormData(form);
    const body = {
      ...(list.trim() ? { list } : { leads: Number(data.get("leads")) }),
      days: Number(data.get("days")),
      people: String(data.get("people")),
      enrol_over: `${String(data.get("over"))}d`,
      ...(changed ? { definition: draft } : {}),
    };
    void hear(ask<Forecast>(path, { method: "POST", body }));
  };
  return (
    <section class="card" aria-labelledby="what-if">
      <h2 id="what-if">What if it goes live</h2>
      <p class="dim">The real rules decide in made-up time, and nobody is written to. {changed && "Your unsaved changes are part of it."}</p>
      <form
        class="row"
        onSubmit={(e) => {
          e.preventDefault();
          begin(e.currentTarget as HTMLFormElement);
        }}
      >
        <label>
          People <input class="short" type="number" name="leads" min={1} max={2000} defaultValue="100" disabled={list.trim() !== ""} />
        </label>
        <label>
          who come in over{" "}
          <select name="over">
            <option value="0">a moment</option>
            <option value="3" selected>
              3 days
            </option>
            <option value="7">a week</option>
          </select>
        </label>
        <label>
          and answer like{" "}
          <select name="people">
            {people.map((p) => (
              <option key={p.id} value={p.id} selected={p.id === "warm"}>
                {p.name}
              </option>
            ))}
          </select>
        </label>
        <label>
          Days <input class="short" type="number" name="days" min={1} max={60} defaultValue="14" />
        </label>
        <button disabled={!isOver(now)}>Show what would happen</button>
        {!isOver(now) && (
          <button type="button" onClick={() => void hear(ask<Forecast>(path, { method: "DELETE" }))}>
            Give up
          </button>
        )}
      </form>
      <details>
        <summary>With a list of your own</summary>
        <label>
          CSV with a header: email, phone, time_zone, and a column for each field
          <textarea rows={4} value={list} onInput={(e) => setList(e.currentTarget.value)} placeholder={"email,firstName\nana@example.com,Ana"} />
        </label>
      </details>
      <Trouble error={error} />
      <div role="status">
        {now && !isOver(now) && (
          <p>
            <progress max={100} value={now.percent} aria-label="How far it is" /> {now.state === "waiting" ? "Waits for its turn." : `${now.percent} % of ${now.days} days.`}
          </p>
        )}
        {now?.state === "failed" && <p class="bad-text">It could not be foreseen: {now.error}.</p>}
        {now?.state === "given_up" && <p class="dim">It was given up.</p>}
      </div>
      {now?.report && (
        <>
          <p>
            {number(now.report.leads)} people, {now.days} days, answers as of {people.find((p) => p.id === now.people)?.name ?? now.people}; asked by {now.asked_by}.
          </p>
          <Charts report={now.report} />
        </>
      )}
    </section>
  );
}
