/** At one sight: what points do, which campaigns run and what they have left, and what was changed lately. */

import { ask } from "../api";
import { amount } from "../format";
import { useLoaded, useSession } from "../hooks";
import { loadProgram } from "../names";
import { link } from "../router";
import { texts } from "../texts";
import { Card, Empty, Name, Screen, Show, Table } from "../ui/parts";
import { Left, StateBadge, stateOf } from "./campaigns";
import { Changes } from "./audit";
import { SetAside, WebhooksHealth } from "./health";
import { Report } from "./report";

const LAST_CHANGES = 10;

export function OverviewScreen() {
  const session = useSession();
  const program = useLoaded(() => loadProgram(session), []);
  const changes = useLoaded(async () => (await ask(session.client.GET("/audit", { params: { query: { limit: LAST_CHANGES } } }))).data, []);
  return (
    <Screen title={texts.sections.overview}>
      <Report />
      <Show of={program}>
        {({ campaigns, rewards, configOffers }) => {
          const limited = campaigns.filter((one) => {
            const limits = one["limits"] as { budget?: number | null; per_campaign?: unknown } | null | undefined;
            return limits?.budget || limits?.per_campaign;
          });
          const numbers: [string, number, string][] = [
            [texts.overview.running, campaigns.filter((one) => stateOf(one) === "running").length, link("campaigns")],
            [texts.overview.paused, campaigns.filter((one) => stateOf(one) === "paused").length, link("campaigns")],
            [texts.overview.rewards, rewards.length, link("settings", "rewards")],
            [texts.overview.configOffers, configOffers.length, link("offers")],
          ];
          return (
            <>
              <div class="grid">
                {numbers.map(([title, number, where]) => (
                  <section class="card">
                    <h2>
                      <a href={where}>{title}</a>
                    </h2>
                    <p class="big">{amount(number)}</p>
                  </section>
                ))}
              </div>
              <Card title={texts.overview.budgets}>
                {limited.length === 0 ? (
                  <Empty>{texts.overview.noBudgets}</Empty>
                ) : (
                  <Table
                    caption={texts.overview.budgets}
                    rows={limited}
                    id={(one) => one.id}
                    columns={[
                      { title: texts.campaigns.list.name, cell: (one) => <Name of={one.name} link={link("campaigns", one.id)} /> },
                      { title: texts.campaigns.list.state, cell: (one) => <StateBadge of={one} /> },
                      { title: texts.campaigns.list.left, number: true, cell: (one) => <Left of={one} /> },
                    ]}
                  />
                )}
              </Card>
            </>
          );
        }}
      </Show>
      <SetAside />
      <WebhooksHealth />
      <Card title={texts.overview.changes} actions={<a href={link("settings", "audit")}>{texts.overview.all}</a>}>
        <Show of={changes}>{(found) => (found.length === 0 ? <Empty>{texts.audit.none}</Empty> : <Changes of={found} />)}</Show>
      </Card>
    </Screen>
  );
}
