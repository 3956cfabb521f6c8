/** Lines and bars over time; what they show is said in words for whoever does not see them. */

import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";

import { amount, timeZone } from "../format";

export interface Series {
  title: string;
  values: readonly number[];
  tone: "accent" | "info" | "warn" | "bad";
}

/** Steps between times; with `plain` straight lines between places in a row, with `bars` one bar for each. */
export function Chart(props: { label: string; at: readonly number[]; name: (at: number) => string; series: readonly Series[]; bars?: boolean; plain?: boolean }) {
  const { label, at, name, series, bars, plain } = props;
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = place.current!;
    let chart: UPlot | undefined;
    const draw = () => {
      chart?.destroy();
      const style = getComputedStyle(document.documentElement);
      const colour = (of: string) => style.getPropertyValue(`--${of}`);
      const axis = { stroke: colour("quiet"), grid: { stroke: colour("line"), width: 1 }, ticks: { stroke: colour("line"), width: 1 }, font: "12px system-ui" };
      const paths = bars ? UPlot.paths.bars!({ size: [0.6, 40] }) : plain ? UPlot.paths.linear!() : UPlot.paths.stepped!({ align: 1 });
      const isFilled = series.length === 1;
      chart = new UPlot(
        {
          width: element.clientWidth,
          height: 190,
          legend: { show: false },
          cursor: { show: false },
          tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), timeZone()),
          scales: { x: { time: !bars && !plain, ...(bars ? { range: [-0.6, at.length - 0.4] as [number, number] } : {}) }, y: { range: (_, low, high) => [Math.min(0, low), Math.max(1, high * 1.1)] } },
          axes: [
            { ...axis, space: 80, ...(bars ? { splits: () => [...at] } : {}), values: (_, splits) => splits.map(name) },
            { ...axis, values: (_, splits) => splits.map(amount), size: 64 },
          ],
          series: [
            {},
            ...series.map((one) => ({
              label: one.title,
              stroke: colour(one.tone),
              width: 2,
              paths,
              points: { show: false },
              ...(bars ? { fill: colour(one.tone) } : isFilled ? { fill: colour(`${one.tone}-soft`) } : {}),
            })),
          ],
        },
        [[...at], ...series.map((one) => [...one.values])] as UPlot.AlignedData,
        element,
      );
    };
    draw();
    const resized = new ResizeObserver(draw);
    resized.observe(element);
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      resized.disconnect();
      themed.disconnect();
      chart?.destroy();
    };
  }, [at.join(), JSON.stringify(series)]);
  return (
    <>
      {series.length > 1 && (
        <ul class="legend small" aria-hidden="true">
          {series.map((one) => (
            <li class={one.tone}>{one.title}</li>
          ))}
        </ul>
      )}
      <figure ref={place} class="chart" role="img" aria-label={label} />
    </>
  );
}

const [SPARK_WIDTH, SPARK_HEIGHT] = [110, 30];

/** A line as small as a word, for the row of a table: how something went, without numbers at its sides. */
export function Sparkline(props: { label: string; series: readonly Series[] }) {
  const most = Math.max(1e-9, ...props.series.flatMap((one) => one.values));
  const points = (values: readonly number[]) =>
    values.map((value, index) => `${((index * (SPARK_WIDTH - 4)) / Math.max(1, values.length - 1) + 2).toFixed(1)},${(SPARK_HEIGHT - 2 - (Math.max(0, value) / most) * (SPARK_HEIGHT - 4)).toFixed(1)}`).join(" ");
  return (
    <svg class="sparkline" role="img" aria-label={props.label} viewBox={`0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`} width={SPARK_WIDTH} height={SPARK_HEIGHT}>
      <title>{props.label}</title>
      {props.series.map((one) => (
        <polyline class={one.tone} points={points(one.values)} />
      ))}
    </svg>
  );
}
