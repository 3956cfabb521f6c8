/** How a balance came to be what it is, drawn from the ledger backwards. */

import type { BalanceResponse, TransactionResponse } from "earnest-client";

import { brandNow, day, shortDay } from "../format";
import { nameOf, useProgram } from "../names";
import { texts } from "../texts";
import { Chart } from "./chart";
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
  const times: number[] = [brandNow() / 1000];
  const values: number[] = [reward.available];
  let value = reward.available;
  for (const entry of entries) {
    const counts = !entry.available_from || Date.parse(entry.available_from) <= brandNow();
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
      <Chart
        label={texts.guest.chartAbout(name, first, day(new Date(brandNow()).toISOString()), most)}
        at={times}
        name={(at) => shortDay(at * 1000)}
        series={[{ title: name, values, tone: "accent" }]}
      />
    </Card>
  );
}
