// One decision: the ladder of gates with the numbers each used, and the proof that it comes out the same again.
import { useState } from "preact/hooks";
import { ask, within } from "../api";
import { to, useHere } from "../context";
import { useRead } from "../live";
import { Act, Empty, Loading, Trouble, When } from "../parts";
import { closedGate, storyOf } from "../story";
import { gateName, gates, numbersOf, reasonText, stimulusName } from "../words";
import type { Decision, Page, Replay, Verdict } from "../types";

function Ladder({ verdict }: { verdict: Verdict }) {
  const closed = closedGate(verdict);
  const asked = new Map(verdict.gates.map((g) => [g.gate, g]));
  return (
    <section class="card" aria-label={`Gates of ${verdict.campaign}, step ${verdict.step}`}>
      <h2>
        {verdict.campaign}, step {verdict.step}: {closed ? `stopped at ${gateName(closed.gate)}` : "all gates open"}
      </h2>
      <ol class="ladder">
        {Object.keys(gates).map((name) => {
          const g = asked.get(name);
          return (
            <li key={name} class={g ? (g.outcome === "pass" ? "pass" : "closed") : "unasked"}>
              <span class="rung">{g ? (g.outcome === "pass" ? "open" : g.outcome) : "not asked"}</span>
              <b>{gateName(name)}</b> <span class="dim">{gates[name]?.asks}</span>
              {g && g.numbers.length > 0 && <span class="figures">{numbersOf(g)}</span>}
              {g && g.outcome !== "pass" && (
                <p>
                  {reasonText(g.reason)}
                  {g.opens_at && (
                    <>
                      , opens <When at={g.opens_at} />
                    </>
                  )}
                  . <i>{gates[name]?.opens}</i>
                </p>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Proof({ lead }: { lead: string }) {
  const here = useHere();
  const [found, set] = useState<Replay>();
  return (
    <section class="card" aria-labelledby="proof">
      <h2 id="proof">Does it come out the same?</h2>
      <p>Every decision of this lead is made again from what was known then, and compared byte for byte.</p>
      <Act label="Replay" kind="primary" act={() => ask<Replay>(within(here.ws, "leads", lead, "replay")).then(set)} />
      {found && (
        <p role="status" class={found.violations + found.unreadable > 0 ? "standing bad" : "standing"}>
          {found.violations + found.unreadable === 0
            ? `The same: ${found.decisions} decisions made again, none differs.`
            : `${found.violations} of ${found.decisions} differ, ${found.unreadable} cannot be read.`}
          {found.other_rules > 0 && ` ${found.other_rules} were made by an older version of the rules.`}
        </p>
      )}
      {found && found.findings.length > 0 && <pre>{found.findings.join("\n")}</pre>}
    </section>
  );
}

export function DecisionPage({ lead, seq }: { lead: string; seq: number }) {
  const here = useHere();
  const read = useRead<Page<Decision>>(`${within(here.ws, "leads", lead, "journal")}?limit=1&after=${seq > 1 ? seq - 1 : ""}`);
  const d = read.data?.items[0];
  if (!read.data) return read.error ? <Trouble error={read.error} /> : <Loading />;
  if (!d || d.seq !== seq)
    return (
      <Empty title="There is no such decision">
        <a href={to(here, `/leads/${lead}`)}>See all decisions of this lead.</a>
      </Empty>
    );
  return (
    <>
      <div class="head">
        <h1>{stimulusName(d.kind)}</h1>
        <When at={d.decided_at} />
        <a href={to(here, `/leads/${lead}`)}>to the lead</a>
        {seq > 1 && <a href={to(here, `/leads/${lead}/decisions/${seq - 1}`)}>earlier</a>}
        {read.data.next && <a href={to(here, `/leads/${lead}/decisions/${seq + 1}`)}>later</a>}
      </div>
      <p class="dim">
        Decision {d.seq}, policy revision {d.revision}, rules version {d.rules_version}
        {d.stimulus?.source && `, from ${d.stimulus.source}`}
      </p>
      {storyOf(d).map((l, i) => (
        <p key={i} class={`line line-${l.kind}`}>
          {l.text}
        </p>
      ))}
      {d.verdicts.length === 0 && <p class="dim">No step was due, so no gate was asked.</p>}
      {d.verdicts.map((v) => (
        <Ladder key={v.campaign + v.step} verdict={v} />
      ))}
      <Proof lead={lead} />
      <details>
        <summary>All facts as they are kept</summary>
        <pre>{JSON.stringify({ stimulus: d.stimulus, facts: d.facts, effects: d.effects }, null, 2)}</pre>
      </details>
    </>
  );
}
