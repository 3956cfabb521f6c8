/** How a balance came to be what it is, drawn from the ledger backwards. */

import { useEffect, useRef } from "preact/hooks";
import type { BalanceResponse, TransactionResponse } from "earnest-client";
import UPlot from "uplot";

import { amount, day, shortDay, timeZone } from "../format";
import { nameOf, useProgram } from "../names";
import { texts } from "../texts";
import { Card } from "./parts";

export function BalanceChart({ entries, totals }: { entries: readonly TransactionResponse[]; totals: readonly BalanceResponse[] }) {
  const { rewards } = useProgram();
  const counts = totals.map((one) => entries.filter((entry) => entry.reward_id === one.reward_id && entry.created_at).length);
  const most = Math.max(0, ...counts);
  const reward = totals[counts.indexOf(most)];
  if (!reward || most < 3) {
    return null;
  }
  // The newest comes first: from what there is now, each change is undone on the way back.
  const times: number[] = [Date.now() / 1000];
  const values: number[] = [reward.available];
  let value = reward.available;
  for (const entry of entries) {
    const counts = !entry.available_from || Date.parse(entry.available_from) <= Date.now();
    if (entry.reward_id === reward.reward_id && entry.created_at && counts) {
      const at = Date.parse(entry.created_at) / 1000;
      // What happened at once is one step.
      if (times[0]! - at >= 1) {
        times.unshift(at);
        values.unshift(value);
      }
      value = Math.round((value - entry.amount) * 1e4) / 1e4;
    }
  }
  const name = nameOf(rewards, reward.reward_id);
  const first = day(new Date(times[0]! * 1000).toISOString());
  return (
    <Card title={texts.guest.chart(name)}>
      <Line label={texts.guest.chartAbout(name, first, day(new Date().toISOString()), most)} times={times} values={values} />
    </Card>
  );
}

function Line({ label, times, values }: { label: string; times: number[]; values: number[] }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = place.current!;
    let chart: UPlot | undefined;
    const draw = () => {
      chart?.destroy();
      const style = getComputedStyle(document.documentElement);
      const [line, quiet, accent, soft] = ["--line", "--quiet", "--accent", "--accent-soft"].map((name) => style.getPropertyValue(name));
      const axis = { stroke: quiet, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: "12px system-ui" };
      chart = new UPlot(
        {
          width: element.clientWidth,
          height: 190,
          legend: { show: false },
          cursor: { show: false },
          tzDate: (at) => UPlot.tzDate(new Date(at * 1000), timeZone()),
          scales: { y: { range: (_, low, high) => [Math.min(0, low), Math.max(1, high * 1.1)] } },
          axes: [{ ...axis, space: 90, values: (_, splits) => splits.map((at) => shortDay(at * 1000)) }, { ...axis, values: (_, splits) => splits.map(amount), size: 64 }],
          series: [{}, { stroke: accent, fill: soft, width: 2, paths: UPlot.paths.stepped!({ align: 1 }), points: { show: false } }],
        },
        [times, values],
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
  }, [times.join(), values.join()]);
  return <figure ref={place} class="chart" role="img" aria-label={label} />;
}
