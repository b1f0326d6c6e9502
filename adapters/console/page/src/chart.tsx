// uPlot, fitted to the page: colours from the style sheet, size from the box it is in.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Bar {
  name: string;
  value: number;
  colour: string;
}

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Bars side by side. What they say stands in a table beside them too, for those who cannot see them. */
export function Bars({ bars, label }: { bars: Bar[]; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const said = JSON.stringify(bars);
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    const draw = () => {
      const ink = colour("--dim");
      const grid = colour("--line");
      const xs = bars.map((_, i) => i);
      return new uPlot(
        {
          width: Math.max(260, el.clientWidth),
          height: 200,
          legend: { show: false },
          cursor: { show: false },
          scales: { x: { time: false, range: [-0.6, bars.length - 0.4] }, y: { range: (_u, _min, max) => [0, Math.max(1, max * 1.1)] } },
          axes: [
            { stroke: ink, grid: { show: false }, ticks: { show: false }, size: 28, splits: () => xs, values: () => bars.map((b) => b.name) },
            { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { show: false }, size: 44 },
          ],
          series: [
            {},
            ...bars.map((b) => ({ fill: colour(b.colour), stroke: colour(b.colour), width: 0, points: { show: false }, ...(uPlot.paths.bars ? { paths: uPlot.paths.bars({ size: [0.6, 90] }) } : {}) })),
          ],
        },
        [xs, ...bars.map((b, i) => xs.map((x) => (x === i ? b.value : null)))],
        el,
      );
    };
    let plot = draw();
    const redraw = () => {
      plot.destroy();
      plot = draw();
    };
    const sized = new ResizeObserver(() => {
      if (Math.abs(plot.width - el.clientWidth) > 4 && el.clientWidth > 260) redraw();
    });
    sized.observe(el);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", redraw);
    return () => {
      sized.disconnect();
      dark.removeEventListener("change", redraw);
      plot.destroy();
    };
  }, [said]);
  return <div ref={box} class="chart" role="img" aria-label={`${label}: ${bars.map((b) => `${b.name} ${b.value}`).join(", ")}`} />;
}
