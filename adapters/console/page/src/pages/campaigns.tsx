import { useState } from "preact/hooks";
import { ask, atLeast, Refusal, within } from "../api";
import { to, useHere } from "../context";
import { useRead } from "../live";
import { Act, Empty, Loading, say, Trouble } from "../parts";
import { go } from "../router";
import { plain } from "../words";
import { intents } from "./smart_setup";
import type { CampaignRow, Page } from "../types";

export function CampaignSwitch({ campaign, reload }: { campaign: CampaignRow; reload: () => void }) {
  const here = useHere();
  const enabled = campaign.definition.enabled;
  if (!atLeast(here.role, "admin")) return <span class="dim">an admin may {enabled ? "disable" : "enable"} it</span>;
  const post = (what: string) => ask(within(here.ws, "campaigns", campaign.id, what), { method: "POST", body: {} });
  return (
    <>
      <Act
        label={enabled ? "Disable" : "Enable"}
        kind={enabled ? "" : "primary"}
        act={() => post(enabled ? "disable" : "enable")}
        onDone={() => (say(enabled ? "Disabled: it enrols nobody and sends nothing." : "Enabled."), reload())}
      />
      {enabled && (
        <Act
          label={campaign.paused ? "Resume" : "Pause"}
          act={() => post(campaign.paused ? "resume" : "pause")}
          onDone={() => (say(campaign.paused ? "Goes on." : "Paused: what is due waits."), reload())}
        />
      )}
    </>
  );
}

/** An id the API takes, from what people call it. */
const idOf = (name: string) =>
  name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");

/** "Prepare follow-up for me": steps, spacing and texts from whom it is for. It is off until somebody enables it. */
function Prepare() {
  const here = useHere();
  const [error, setError] = useState<Refusal>();
  return (
    <form
      class="card row"
      onSubmit={(e) => {
        e.preventDefault();
        const data = new FormData(e.currentTarget as HTMLFormElement);
        const name = String(data.get("name"));
        const id = idOf(name);
        setError(undefined);
        ask(within(here.ws, "campaigns", id, "prepare"), { method: "POST", body: { name, intent: String(data.get("intent")) } })
          .then(() => {
            say("Prepared. Look at it, change what you like, then enable it.");
            go(to(here, `/campaigns/${id}/messaging`));
          })
          .catch((x: unknown) => x instanceof Refusal && setError(x));
      }}
    >
      <b>Prepare a follow-up for me</b>
      <label>
        Name <input name="name" required pattern=".*[A-Za-z0-9].*" maxLength={60} />
      </label>
      <label>
        For{" "}
        <select name="intent">
          {intents.map((i) => (
            <option key={i.id} value={i.id}>
              {i.name}: {i.tone}
            </option>
          ))}
        </select>
      </label>
      <button>Prepare</button>
      <Trouble error={error} />
    </form>
  );
}

export function CampaignsPage() {
  const here = useHere();
  const read = useRead<Page<CampaignRow>>(`${within(here.ws, "campaigns")}?limit=200`);
  const items = read.data?.items ?? [];
  return (
    <>
      <div class="head">
        <h1>Campaigns</h1>
      </div>
      <Trouble error={read.error} />
      {!read.data && !read.error && <Loading />}
      {read.data && items.length === 0 && <Empty title="No campaign yet">Let one be prepared below, or PUT one over the API (/v1/workspaces/{here.ws}/campaigns/…).</Empty>}
      {atLeast(here.role, "admin") && <Prepare />}
      {items.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Campaigns">
          <table>
            <thead>
              <tr>
                <th scope="col">Campaign</th>
                <th scope="col">For</th>
                <th scope="col" class="num">
                  Steps
                </th>
                <th scope="col">State</th>
                <th scope="col">
                  <span class="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((c) => (
                <tr key={c.id}>
                  <td>
                    <a href={to(here, `/campaigns/${c.id}/messaging`)}>{c.definition.name}</a>
                  </td>
                  <td>{plain(c.definition.intent)}</td>
                  <td class="num">{c.definition.sequence.length}</td>
                  <td>
                    <span class={`tag tag-${c.paused ? "paused" : c.definition.enabled ? "running" : "off"}`}>{c.paused ? "paused" : c.definition.enabled ? "enabled" : "off"}</span>
                  </td>
                  <td class="act tight">
                    <CampaignSwitch campaign={c} reload={read.reload} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
