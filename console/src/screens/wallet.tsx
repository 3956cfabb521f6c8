/** What a guest has: the sums by reward, how they came to be, and the lots they consist of. */

import type { BalanceResponse } from "earnest-client";

import { ask, may } from "../api";
import { useLoaded, useSession } from "../hooks";
import { nameOf, useProgram } from "../names";
import { link } from "../router";
import { texts } from "../texts";
import { Amount, Card, Empty, Name, Show, Table, When } from "../ui/parts";
import { BalanceChart } from "../ui/balance_chart";
import { CorrectButton } from "./correct";

export function Balances({ totals }: { totals: readonly BalanceResponse[] }) {
  const { rewards } = useProgram();
  return (
    <div class="grid">
      {totals.map((one) => (
        <section class="card" aria-label={nameOf(rewards, one.reward_id)}>
          <h2>
            <Name of={nameOf(rewards, one.reward_id)} />
          </h2>
          <p class="big">
            <Amount value={one.available} />
          </p>
          <p class="quiet small">{texts.guest.available}</p>
          <dl class="pairs small">
            <dt>{texts.guest.held}</dt>
            <dd>
              <Amount value={one.reserved} />
            </dd>
            <dt>{texts.guest.pending}</dt>
            <dd>
              <Amount value={one.pending} />
            </dd>
            <dt>{texts.guest.nextEnd}</dt>
            <dd>{one.next_expiration ? <When at={one.next_expiration} /> : texts.guest.noEnd}</dd>
          </dl>
        </section>
      ))}
    </div>
  );
}

export function Wallet({ id }: { id: string }) {
  const session = useSession();
  const { client } = session;
  const program = useProgram();
  const params = { path: { id } };
  const wallet = useLoaded(async () => (await ask(client.GET("/customers/{id}/wallet", { params }))).data, [id]);
  const ledger = useLoaded(
    async () => (await ask(client.GET("/customers/{id}/transactions", { params: { ...params, query: { limit: 100 } } }))).data,
    [id, wallet.data],
  );
  return (
    <Show of={wallet}>
      {({ totals, lines }) => (
        <>
          {may(session, "offers:write") && (
            <p class="actions end">
              <CorrectButton id={id} totals={totals} done={wallet.reload} />
            </p>
          )}
          {totals.length === 0 ? <Empty>{texts.guest.emptyWallet}</Empty> : <Balances totals={totals} />}
          {ledger.data && <BalanceChart entries={ledger.data} totals={totals} />}
          {lines.length > 0 && (
            <Card title={texts.guest.lots}>
              <Table
                caption={texts.guest.lots}
                rows={lines}
                id={(_, index) => String(index)}
                columns={[
                  { title: texts.guest.lot.reward, cell: (one) => <Name of={nameOf(program.rewards, one.reward_id)} /> },
                  { title: texts.guest.lot.amount, number: true, cell: (one) => <Amount value={one.amount} /> },
                  { title: texts.guest.lot.ends, cell: (one) => <When at={one.expiration_date} /> },
                  {
                    title: texts.guest.lot.available,
                    cell: (one) => (one.available_from ? <When at={one.available_from} /> : texts.guest.lot.now),
                  },
                  { title: texts.guest.lot.earned, cell: (one) => <When at={one.issued_at} /> },
                  {
                    title: texts.guest.lot.from,
                    cell: (one) =>
                      one.campaign_id ? (
                        <Name
                          of={nameOf(program.campaigns, one.campaign_id)}
                          link={may(session, "admin") ? link("campaigns", one.campaign_id) : undefined}
                        />
                      ) : (
                        <span class="quiet">{texts.guest.lot.byHand}</span>
                      ),
                  },
                ]}
              />
            </Card>
          )}
        </>
      )}
    </Show>
  );
}
