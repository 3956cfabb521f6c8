/** What points have done: granted, spent and expired, what is outstanding, and when that expires. */

import { useState } from "preact/hooks";
import type { PointsReportResponse } from "earnest-client";

import { ask } from "../api";
import { amount, shortDay, today } from "../format";
import { useLoaded, useSession } from "../hooks";
import { nameOf, useProgram } from "../names";
import { link } from "../router";
import { texts } from "../texts";
import { Chart } from "../ui/chart";
import { Amount, Card, Empty, Name, SelectField, Show, Table } from "../ui/parts";

type Reward = PointsReportResponse["rewards"][number];
type Span = "30" | "90" | "365";

const DAY_MS = 86_400_000;
const words = texts.report;

/** The days from so long ago to today: one by one, or by month. */
export function asked(span: Span): { from: string; to: string; resolution: "day" | "month" } {
  const to = today();
  const from = new Date(Date.parse(to) - (Number(span) - 1) * DAY_MS).toISOString().slice(0, 10);
  return { from, to, resolution: span === "365" ? "month" : "day" };
}

export function Report() {
  const { client } = useSession();
  const [span, setSpan] = useState<Span>("30");
  const [chosen, setChosen] = useState("");
  const { rewards } = useProgram();
  const report = useLoaded(async () => ({ span, ...(await ask(client.GET("/reports/points", { params: { query: asked(span) } }))).data }), [span]);
  return (
    <Show of={report}>
      {(found) => {
        const isOfPoints = (one: Reward) => rewards.some((known) => known.id === one.reward_id && known.type === "POINTS");
        const reward = found.rewards.find((one) => one.reward_id === chosen) ?? found.rewards.find(isOfPoints) ?? found.rewards[0];
        return (
          <>
            <div class="line report-of">
              <SelectField label={words.time} value={span} options={Object.entries(words.spans)} onChange={(value) => setSpan(value as Span)} />
              {found.rewards.length > 1 && (
                <SelectField label={texts.correct.reward} value={reward?.reward_id ?? ""} options={found.rewards.map((one) => [one.reward_id, nameOf(rewards, one.reward_id)] as const)} onChange={setChosen} />
              )}
            </div>
            {reward ? <OfReward reward={reward} report={found} /> : <Empty>{found.open_holds > 0 ? words.onlyHolds(amount(found.open_holds)) : words.nothing}</Empty>}
          </>
        );
      }}
    </Show>
  );
}

export const total = (of: readonly number[]) => Math.round(of.reduce((sum, one) => sum + one, 0) * 1e4) / 1e4;

function OfReward({ reward, report }: { reward: Reward; report: PointsReportResponse & { span: Span } }) {
  const { campaigns } = useProgram();
  const { resolution, from, to } = asked(report.span);
  const periods = periodsOf(from, to, resolution);
  const of = (name: "granted" | "redeemed" | "expired" | "reversed") => periods.map((period) => reward.periods.find((one) => one.period === period)?.[name] ?? 0);
  const [granted, redeemed, expired, reversed] = [of("granted"), of("redeemed"), of("expired"), of("reversed")];
  const numbers: [string, number][] = [
    [words.outstanding, reward.outstanding],
    [words.granted, total(granted)],
    [words.redeemed, total(redeemed)],
    [words.expired, total(expired)],
    [words.reversed, total(reversed)],
    [words.held, reward.held],
    [words.openHolds, report.open_holds],
    [words.owed, reward.owed],
  ];
  const named = (at: number) => name(periods[at], resolution);
  const mine = report.campaigns.filter((one) => one.reward_id === reward.reward_id);
  return (
    <>
      <div class="grid narrow">
        {numbers.map(([title, value]) => (
          <section class="card">
            <h2>{title}</h2>
            <p class="big">
              <Amount value={value} />
            </p>
          </section>
        ))}
      </div>
      <Card title={words.movements}>
        <Chart
          label={words.movementsAbout(amount(total(granted)), amount(total(redeemed)), amount(total(expired)))}
          at={periods.map((_, index) => index)}
          name={named}
          plain
          series={[
            { title: words.granted, values: granted, tone: "accent" },
            { title: words.redeemed, values: redeemed, tone: "info" },
            { title: words.expired, values: expired, tone: "warn" },
          ]}
        />
      </Card>
      <div class="columns">
        <Card title={words.expiring}>
          {reward.expiring.length === 0 ? (
            <Empty>{texts.none}</Empty>
          ) : (
            <>
              <Chart
                label={words.expiringAbout(reward.expiring.map((one) => `${one.month ?? texts.never}: ${amount(one.amount)}`).join(", "))}
                at={reward.expiring.map((_, index) => index)}
                name={(at) => (Number.isInteger(at) && reward.expiring[at] ? name(reward.expiring[at].month ?? "", "month") : "")}
                bars
                series={[{ title: words.expiring, values: reward.expiring.map((one) => one.amount), tone: "warn" }]}
              />
            </>
          )}
        </Card>
        <Card title={texts.sections.campaigns}>
          {mine.length === 0 ? (
            <Empty>{texts.none}</Empty>
          ) : (
            <Table
              caption={texts.sections.campaigns}
              rows={mine}
              id={(one) => one.campaign_id}
              columns={[
                { title: texts.campaigns.list.name, cell: (one) => <Name of={nameOf(campaigns, one.campaign_id)} link={link("campaigns", one.campaign_id)} /> },
                { title: words.granted, number: true, cell: (one) => <Amount value={total(one.periods.map((period) => period.granted))} /> },
                { title: words.redeemed, number: true, cell: (one) => <Amount value={total(one.periods.map((period) => period.redeemed))} /> },
              ]}
            />
          )}
        </Card>
      </div>
    </>
  );
}

function name(period: string | undefined, resolution: "day" | "month"): string {
  if (!period) {
    // A place beside the periods has no name; what is of no month never expires.
    return period === undefined ? "" : texts.never;
  }
  if (resolution === "day") {
    return shortDay(Date.parse(`${period}T12:00:00Z`));
  }
  return new Date(`${period.slice(0, 7)}-15T12:00:00Z`).toLocaleDateString("en-GB", { month: "short", year: "2-digit" });
}

/** Every day, or every month, from one to the other: the report leaves out those in which nothing happened. */
export function periodsOf(from: string, to: string, resolution: "day" | "month"): string[] {
  const found = new Set<string>();
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) {
    found.add(new Date(at).toISOString().slice(0, resolution === "day" ? 10 : 7));
  }
  return [...found];
}
