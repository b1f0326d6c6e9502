// Through what we send: how each account fares, and whether it is stopped.
import { ask, atLeast, within } from "../api";
import { useHere } from "../context";
import { useEvery, useRead } from "../live";
import { Act, Empty, say, Trouble, When } from "../parts";
import { number } from "../words";
import type { Account, Page, Stop } from "../types";

function StopRow({ name, path }: { name: string; path: string }) {
  const here = useHere();
  const read = useRead<Stop>(path, () => false);
  const s = read.data;
  if (!s) return null;
  return (
    <p class="row">
      <span class="grow">
        {name} <span class={`tag tag-${s.stopped ? "failed" : "running"}`}>{s.stopped ? "stopped" : "sends"}</span>
        {s.stopped && (
          <span class="dim">
            {" "}
            since <When at={s.at} /> by {s.by}
          </span>
        )}
      </span>
      <StopAct path={path} stopped={s.stopped} onDone={read.reload} role={here.role} />
    </p>
  );
}

function StopAct({ path, stopped, onDone, role }: { path: string; stopped: boolean; onDone: () => void; role: Parameters<typeof atLeast>[0] }) {
  if (!atLeast(role, stopped ? "admin" : "setter")) return null;
  return (
    <Act
      label={stopped ? "Let go on" : "Stop"}
      kind={stopped ? "" : "danger"}
      act={() =>
        ask<{ calls_in_flight?: string[] }>(path, { method: stopped ? "DELETE" : "PUT", body: { reason: "console" } }).then((a) =>
          say(stopped ? "Goes on." : `Stopped. Calls that were already on the wire: ${a.calls_in_flight?.length ?? 0}.`),
        )
      }
      onDone={onDone}
    />
  );
}

const ms = (t: number) => (t >= 1000 ? `${(t / 1000).toFixed(1)} s` : `${Math.round(t)} ms`);

function Circuit({ account }: { account: Account }) {
  const p = account.pulse;
  if (!p) return <span class="dim">{account.provider === "sandbox" ? "reaches nobody" : "no call yet"}</span>;
  if (p.circuit === "closed") return <span class="tag tag-running">closed</span>;
  return (
    <>
      <span class="tag tag-failed">{p.circuit === "open" ? "open" : "tries one call"}</span>
      <span class="dim">
        {p.failures} failures
        {p.open_until && (
          <>
            , next try <When at={p.open_until} relative />
          </>
        )}
      </span>
    </>
  );
}

function AccountRow({ account: a, reload }: { account: Account; reload: () => void }) {
  const here = useHere();
  return (
    <tr>
      <td>
        <b>{a.id}</b> <span class="dim">{a.from}</span>
      </td>
      <td>
        {a.channel} <span class="dim">by {a.provider}</span>
      </td>
      <td class="tight">
        <span class={`tag tag-${a.stopped || !a.enabled ? "failed" : "running"}`}>{!a.enabled ? "off" : a.stopped ? "stopped" : "sends"}</span>
      </td>
      <td>
        <Circuit account={a} />
      </td>
      <td class="num">{a.pulse && a.pulse.calls > 0 ? `${ms(a.pulse.median_ms)}, 95 % ${ms(a.pulse.p95_ms)}` : ""}</td>
      <td class="num">{a.max_per_day > 0 ? `${number(a.max_per_day)} a day` : "no daily limit"}</td>
      <td class="tight act">
        <StopAct path={within(here.ws, "accounts", a.id, "stop")} stopped={a.stopped} onDone={reload} role={here.role} />
      </td>
    </tr>
  );
}

export function Accounts() {
  const here = useHere();
  const read = useRead<Page<Account>>(within(here.ws, "accounts"), () => false);
  useEvery(5000, read.reload);
  const items = read.data?.items ?? [];
  return (
    <section class="card" aria-labelledby="accounts">
      <h2 id="accounts">Accounts and stops</h2>
      <Trouble error={read.error} />
      {here.session.operator && <StopRow name="Everything, in every workspace" path="/admin/stop" />}
      <StopRow name={`Workspace ${here.ws}`} path={within(here.ws, "stop")} />
      {read.data && items.length === 0 && <Empty title="No account">Nothing can be sent: PUT one over the API, or name one in the configuration file.</Empty>}
      {items.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Accounts">
          <table>
            <thead>
              <tr>
                <th scope="col">Account</th>
                <th scope="col">Channel</th>
                <th scope="col">State</th>
                <th scope="col">Circuit</th>
                <th scope="col" class="num">
                  Its calls take
                </th>
                <th scope="col" class="num">
                  Limit
                </th>
                <th scope="col">
                  <span class="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((a) => (
                <AccountRow key={a.id} account={a} reload={read.reload} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
