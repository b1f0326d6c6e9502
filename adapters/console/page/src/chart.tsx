// uPlot, fitted to the page: colours from the style sheet, size from the box it is in.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Series {
  name: string;
  /** Its class in the style sheet gives its colour. */
  tone: string;
  values: number[];
}

const inkOf = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const bars = () => (uPlot.paths.bars ? { paths: uPlot.paths.bars({ size: [0.75, 48] }) } : {});
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

/** Each series' top when it stands on those before it. */
function stacked(series: Series[], length: number): number[][] {
  const under = new Array<number>(length).fill(0);
  return series.map((s) => s.values.map((v, i) => (under[i] = (under[i] ?? 0) + v)));
}

function draw(el: HTMLElement, days: string[], series: Series[], short: (day: string) => string): uPlot {
  const xs = days.map((_, i) => i);
  const tops = stacked(series, days.length);
  const every = Math.max(1, Math.ceil(days.length / Math.max(2, Math.floor(el.clientWidth / 52))));
  return new uPlot(
    {
      width: Math.max(260, el.clientWidth),
      height: 190,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: [-0.6, days.length - 0.4] }, y: { range: (_u, _min, max) => [0, Math.max(1, max * 1.08)] } },
      axes: [
        { stroke: inkOf("--dim"), grid: { show: false }, ticks: { show: false }, size: 28, splits: () => xs.filter((i) => i % every === 0), values: (_u, at) => at.map((i) => short(days[i] ?? "")) },
        { stroke: inkOf("--dim"), grid: { stroke: inkOf("--line"), width: 1 }, ticks: { show: false }, size: 44, values: (_u, at) => at.map((v) => (Number.isInteger(v) ? v.toLocaleString() : "")) },
      ],
      // The highest first: those below are painted over it.
      series: [{}, ...[...series].reverse().map((s) => ({ fill: inkOf(`--${s.tone}`), width: 0, points: { show: false }, ...bars() }))],
    },
    [xs, ...[...tops].reverse()],
    el,
  );
}

const withoutYear = (day: string) => day.slice(5);

/** Days, or other moments, side by side, in each what became of things. The same stands in a table below, for those who cannot see the bars. */
export function Stacked({ days, series, label, short = withoutYear, what = "Day", sums = true }: { days: string[]; series: Series[]; label: string; short?: (day: string) => string; what?: string; sums?: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const shown = series.filter((s) => sum(s.values) > 0);
  const said = JSON.stringify([days, shown]);
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    let plot = draw(el, days, shown, short);
    const redraw = () => {
      plot.destroy();
      plot = draw(el, days, shown, short);
    };
    const sized = new ResizeObserver(() => {
      if (Math.abs(plot.width - el.clientWidth) > 4 && el.clientWidth > 260) redraw();
    });
    sized.observe(el);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", redraw);
    const theme = new MutationObserver(redraw);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      sized.disconnect();
      theme.disconnect();
      dark.removeEventListener("change", redraw);
      plot.destroy();
    };
  }, [said]);
  return (
    <figure>
      <figcaption>
        <b>{label}</b>
        <ul class="legend">
          {shown.map((s) => (
            <li key={s.name}>
              <i class={`key tone-${s.tone}`} /> {s.name} {sums && <b>{sum(s.values).toLocaleString()}</b>}
            </li>
          ))}
        </ul>
      </figcaption>
      {shown.length === 0 ? <p class="dim">Nothing in this time.</p> : <div ref={box} class="chart" aria-hidden="true" />}
      {shown.length > 0 && (
        <details>
          <summary>As a table</summary>
          <div class="scroll" tabIndex={0} role="region" aria-label={label}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{what}</th>
                  {shown.map((s) => (
                    <th key={s.name} scope="col" class="num">
                      {s.name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {days.map((d, i) => (
                  <tr key={`${i}/${d}`}>
                    <td>{d}</td>
                    {shown.map((s) => (
                      <td key={s.name} class="num">
                        {(s.values[i] ?? 0).toLocaleString()}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </figure>
  );
}

const tones: Record<string, string> = {
  email: "s1", sms: "s2", whatsapp: "s3", linkedin: "s4", ai_voice: "s5",
  reply: "s3", "form resubmission": "s1", "link click": "s2", "page view": "s6", "rapid interaction": "s4",
  calendar: "s1", timing: "s6", frequency: "s2", capacity: "s3", kill_switch: "s4", human_owns: "s5", circuit_breaker: "s7",
  awaiting_approval: "s1", lead_replied: "s2", handed_off: "s3", missing_data: "s4",
};
const allTones = ["s1", "s2", "s3", "s4", "s5", "s6", "s7"];

/** One series for each name that occurs on any day. The same thing has the same colour in every chart, and no other one its own. */
export function seriesOf<T>(days: T[], part: (d: T) => Record<string, number>, named: (name: string) => string): Series[] {
  const names = [...new Set(days.flatMap((d) => Object.keys(part(d))))].sort();
  const taken = new Set(names.map((n) => tones[n]));
  const free = allTones.filter((t) => !taken.has(t));
  return names.map((name) => ({ name: named(name), tone: tones[name] ?? free.shift() ?? "dim", values: days.map((d) => part(d)[name] ?? 0) }));
}
export const totalOf = (by: Record<string, number>) => sum(Object.values(by));
