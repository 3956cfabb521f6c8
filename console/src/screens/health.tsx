/** What went wrong and waits for somebody: what is set aside, and which webhooks do not take what they are sent. */

import type { DeliveryResponse, SetAsideResponse, WebhookResponse } from "earnest-client";

import { ask } from "../api";
import { amount } from "../format";
import { useLoaded, useSession } from "../hooks";
import { link } from "../router";
import { texts } from "../texts";
import { Badge, Card, Empty, Name, Show, Table, When } from "../ui/parts";

const words = texts.health;
const LAST_DELIVERIES = 25;

/** What the stack has set aside, for all its brands, and what to do about it. */
export function SetAside() {
  const { client } = useSession();
  const found = useLoaded(async () => (await ask(client.GET("/set-aside"))).data.queues, []);
  return (
    <Card
      title={words.setAside}
      actions={
        <button type="button" onClick={found.reload} aria-label={`${texts.offers.refresh}: ${words.setAside}`}>
          {texts.offers.refresh}
        </button>
      }
    >
      <Show of={found}>{(queues) => <Queues of={queues} />}</Show>
    </Card>
  );
}

function Queues({ of }: { of: SetAsideResponse["queues"] }) {
  const filled = of.filter((one) => one.messages > 0);
  return (
    <>
      {filled.length === 0 ? (
        <p class="note good">{words.nothingSetAside}</p>
      ) : (
        <Table
          caption={words.setAside}
          rows={filled}
          id={(one) => one.name}
          columns={[
            { title: words.what, cell: (one) => words.queues[one.name] ?? one.name },
            { title: words.count, number: true, cell: (one) => <Badge of={`≈ ${amount(one.messages)}`} tone="bad" /> },
            {
              title: words.toDo,
              cell: (one) => (
                <>
                  {words.mend} <code>earnest {one.command}</code>
                </>
              ),
            },
          ]}
        />
      )}
      <p class="quiet small">{words.ofTheStack}</p>
    </>
  );
}

interface Health {
  webhook: WebhookResponse;
  last: DeliveryResponse[];
}

/** Each webhook with how its last deliveries went: ten webhooks at most, a page of each. */
export function WebhooksHealth() {
  const { client } = useSession();
  const found = useLoaded(async () => {
    const webhooks = (await ask(client.GET("/webhooks", { params: { query: { limit: 50 } } }))).data;
    return Promise.all(
      webhooks.map(async (webhook): Promise<Health> => {
        const params = { path: { id: webhook.id }, query: { limit: LAST_DELIVERIES } };
        return { webhook, last: (await ask(client.GET("/webhooks/{id}/deliveries", { params }))).data };
      }),
    );
  }, []);
  return (
    <Card title={texts.settings.webhooks} actions={<a href={link("settings", "webhooks")}>{words.settings}</a>}>
      <Show of={found}>
        {(all) =>
          all.length === 0 ? (
            <Empty>{texts.webhooks.none}</Empty>
          ) : (
            <Table
              caption={texts.settings.webhooks}
              rows={all}
              id={(one) => one.webhook.id}
              columns={[
                { title: texts.campaigns.id, cell: (one) => <Name of={one.webhook.id} /> },
                { title: texts.webhooks.state, cell: (one) => <State of={one} /> },
                { title: words.last, cell: (one) => (one.last[0] ? <When at={one.last[0].at} /> : <span class="quiet">{texts.webhooks.noDeliveries}</span>) },
                { title: words.notTaken, number: true, cell: ({ last }) => words.ofLast(amount(failed(last).length), amount(last.length)) },
              ]}
            />
          )
        }
      </Show>
    </Card>
  );
}

const failed = (last: readonly DeliveryResponse[]) => last.filter((one) => !one.delivered);

function State({ of: { webhook, last } }: { of: Health }) {
  const isFailing = last[0] !== undefined && !last[0].delivered;
  // The last attempt of a message: what is tried no more is set aside, but for one that was to test with.
  const isSetAside = last.some((one) => !one.delivered && one.next_attempt_at === null && one.type !== "webhook.test");
  return (
    <>
      <Badge of={webhook.active ? texts.setUp.active : texts.setUp.inactive} tone={webhook.active ? "good" : "quiet"} /> {isFailing && <Badge of={words.failing} tone="bad" />}{" "}
      {isSetAside && <Badge of={words.someSetAside} tone="bad" />}
    </>
  );
}
