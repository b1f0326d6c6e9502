// What a campaign is called, where its people come from, and when it may speak.
import type { Definition } from "../types";
import type { Edit } from "./sequence";

interface Hours {
  days: string[];
  from: string;
  to: string;
  holidays: string[];
}
const week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const usual: Hours = { days: week.slice(0, 5), from: "09:00", to: "17:00", holidays: [] };

function HoursFields({ hours, set }: { hours: Hours; set: (h: Hours) => void }) {
  const turn = (day: string, on: boolean) => set({ ...hours, days: week.filter((d) => (d === day ? on : hours.days.includes(d))) });
  return (
    <>
      <div class="row" role="group" aria-label="Days">
        {week.map((d) => (
          <label key={d}>
            <input type="checkbox" checked={hours.days.includes(d)} onChange={(e) => turn(d, e.currentTarget.checked)} /> {d}
          </label>
        ))}
      </div>
      <div class="row">
        <label>
          from <input class="short" value={hours.from} onInput={(e) => set({ ...hours, from: e.currentTarget.value })} />
        </label>
        <label>
          to <input class="short" value={hours.to} onInput={(e) => set({ ...hours, to: e.currentTarget.value })} />
        </label>
        <label class="grow">
          holidays <input value={hours.holidays.join(", ")} placeholder="2026-12-25, ..." onInput={(e) => set({ ...hours, holidays: e.currentTarget.value.split(",").map((x) => x.trim()).filter(Boolean) })} />
        </label>
      </div>
    </>
  );
}

export function CampaignSettings({ draft, edit, locked }: { draft: Definition; edit: Edit; locked: boolean }) {
  const hours = draft.business_hours;
  return (
    <details class="card">
      <summary>
        <b>Name, landing page, hours</b>
      </summary>
      <fieldset disabled={locked}>
        <label>
          Name <input value={draft.name} onInput={(e) => edit({ ...draft, name: e.currentTarget.value })} />
        </label>
        <label>
          Landing page <input value={draft.attribution["landing_page"] ?? ""} onInput={(e) => edit({ ...draft, attribution: { ...draft.attribution, landing_page: e.currentTarget.value } })} />
        </label>
        <label>
          Time zone <span class="dim">(empty: the workspace's)</span>
          <input value={draft.time_zone} placeholder="Europe/Berlin" onInput={(e) => edit({ ...draft, time_zone: e.currentTarget.value })} />
        </label>
        <label>
          <input type="checkbox" checked={hours !== null} onChange={(e) => edit({ ...draft, business_hours: e.currentTarget.checked ? usual : null })} /> only in business hours of its own
        </label>
        {hours && <HoursFields hours={hours} set={(h) => edit({ ...draft, business_hours: h })} />}
        <label>
          <input type="checkbox" checked={draft.requires_approval} onChange={(e) => edit({ ...draft, requires_approval: e.currentTarget.checked })} /> somebody approves every message of it
        </label>
        <label>
          Wait for a lead's best minute for at most <span class="dim">(empty: do not wait)</span>
          <input class="short" value={draft.timing_window ?? ""} placeholder="6h" onInput={(e) => edit({ ...draft, timing_window: e.currentTarget.value || null })} />
        </label>
      </fieldset>
    </details>
  );
}
