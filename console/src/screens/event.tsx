/** An event: what it was, what it moved, why each campaign did what it did, and what would be if it were another. */

import { useState } from "preact/hooks";
import type { DryRunResponse, EventResponse, ExplanationResponse } from "earnest-client";

import { ask, may, type Refusal } from "../api";
import { moment } from "../format";
import { asRefusal, useLoaded, useSession } from "../hooks";
import { useProgram } from "../names";
import { link } from "../router";
import { texts } from "../texts";
import { Difference } from "../ui/difference";
import { Explanation } from "../ui/explanation";
import { Amount, Card, Empty, Field, Name, Problem, Screen, Show, Table, Tabs, When } from "../ui/parts";
import { EventActions } from "./event_actions";
import { Movements, orderOf, StatusBadge } from "./timeline";

export function EventScreen({ place }: { place: string[] }) {
  const [id, tab] = place;
  return <OneEvent key={id} id={id ?? ""} tab={tab ?? "why"} />;
}

function OneEvent({ id, tab }: { id: string; tab: string }) {
  const session = useSession();
  const { client } = session;
  const params = { path: { id } };
  const event = useLoaded(async () => (await ask(client.GET("/behavior/events/{id}", { params }))).data, [id]);
  const found = event.data;
  const tabs: [string, string, boolean][] = [
    [texts.why.explanation, link("event", id), tab === "why"],
    ...(may(session, "events:write") ? [[texts.why.whatIf, link("event", id, "what-if"), tab === "what-if"] as [string, string, boolean]] : []),
    [texts.why.sent, link("event", id, "sent"), tab === "sent"],
  ];
  return (
    <Screen
      title={found ? `${found.type}` : texts.why.title}
      about={found && <About event={found} />}
      actions={found && <EventActions event={found} done={event.reload} />}
    >
      <Show of={event}>
        {(found) => (
          <>
            <Tabs label={texts.why.tabs} tabs={tabs} />
            {tab === "what-if" ? (
              <WhatIf event={found} />
            ) : tab === "sent" ? (
              <Card>
                <pre class="json" tabIndex={0}>{JSON.stringify(found.data, null, 2)}</pre>
              </Card>
            ) : (
              <Why event={found} />
            )}
          </>
        )}
      </Show>
    </Screen>
  );
}

function Why({ event }: { event: EventResponse }) {
  const { client } = useSession();
  const { id, status, returned_value: value, returned, unfulfilled } = event;
  const explanation = useLoaded(
    async () => (await ask(client.GET("/behavior/events/{id}/explanation", { params: { path: { id } } }))).data,
    [id, status, value, JSON.stringify([returned, unfulfilled])],
  );
  return (
    <>
      <Effects event={event} />
      <Card title={texts.why.campaigns}>
        <Show of={explanation}>{(why) => <Explanation campaigns={why.campaigns} evaluated={why.evaluated} />}</Show>
      </Card>
      {explanation.data && <Parts of={explanation.data} />}
    </>
  );
}

function About({ event }: { event: EventResponse }) {
  const order = orderOf(event);
  return (
    <>
      <StatusBadge event={event} />
      <Name of={event.customer_id} link={link("guest", event.customer_id)} />
      <When at={event.issued_at} />
      {order?.purchase_id && <Name of={texts.guest.purchase(String(order.purchase_id))} />}
      {event.status === "PENDING" && (
        <span>
          {texts.guest.until} <When at={event.reservation_expires_at} />
        </span>
      )}
      {event.rescued_at && <span>{texts.why.rescued(moment(event.rescued_at))}</span>}
      {event.reason && <Name of={event.reason} />}
      <span class="id">{event.id}</span>
    </>
  );
}

interface Line {
  sku?: string | null;
  amount?: number | null;
  value?: number | null;
}

function Effects({ event }: { event: EventResponse }) {
  const program = useProgram();
  const order = event.data["order"] as { products?: Line[] } | null | undefined;
  const lines = Array.isArray(order?.products) ? order.products : [];
  const { accumulations, redemptions, offers } = event.result;
  const gone = [...event.returned, ...event.unfulfilled];
  return (
    <div class={lines.length > 0 ? "columns" : ""}>
      <Card title={texts.why.effects}>
        {accumulations.length + redemptions.length + offers.length === 0 ? <Empty>{texts.why.nothing}</Empty> : <Movements event={event} program={program} />}
      </Card>
      {lines.length > 0 && (
        <Card title={texts.why.order}>
          <Table
            caption={texts.why.order}
            rows={lines}
            id={(_, index) => String(index)}
            columns={[
              { title: texts.why.line.sku, cell: (line) => <Name of={line.sku ?? "–"} /> },
              { title: texts.why.line.amount, number: true, cell: (line) => <Amount value={line.amount ?? 1} /> },
              { title: texts.why.line.value, number: true, cell: (line) => (typeof line.value === "number" ? <Amount value={line.value} /> : "–") },
            ]}
          />
          {gone.length > 0 && (
            <p class="small quiet gone-lines">
              {texts.why.line.left}: {gone.map((one) => `${one.amount} × ${one.sku ?? "–"}`).join(", ")}
            </p>
          )}
        </Card>
      )}
    </div>
  );
}

function Parts({ of }: { of: ExplanationResponse }) {
  if (of.parts.length === 0) {
    return null;
  }
  return (
    <Card title={texts.why.parts}>
      <Table
        caption={texts.why.parts}
        rows={of.parts}
        id={(_, index) => String(index)}
        columns={[
          { title: texts.why.title, cell: (part) => <When at={part.at} /> },
          { title: texts.status["REVERSED"]!, cell: (part) => (part.unfulfilled ? texts.why.unfulfilled : texts.why.returned) },
          { title: texts.why.line.sku, cell: (part) => <bdi>{part.products.map((one) => `${one.amount} × ${one.sku ?? "–"}`).join(", ") || `${part.value}`}</bdi> },
          { title: texts.action.reason, cell: (part) => <Name of={part.reason ?? "–"} /> },
          {
            title: texts.why.effects,
            cell: (part) => (
              <ul>
                {part.accumulations.map((one) => (
                  <li>
                    <Amount value={-one.amount} sign /> <Name of={one.reward_id} />
                  </li>
                ))}
                {part.redemptions.map((one) => (
                  <li>
                    <Amount value={one.amount} sign /> <Name of={one.reward_id} />
                  </li>
                ))}
              </ul>
            ),
          },
        ]}
      />
    </Card>
  );
}

/** The event as it can be tried again: without what names this one, and what lies too far back to be taken. */
export function asTried(event: EventResponse): Record<string, unknown> {
  const { idempotencyKey: _key, issued_at: _at, reserve_until: _until, order, ...rest } = event.data;
  const { purchase_id: _id, ...kept } = (order ?? {}) as Record<string, unknown>;
  return { ...rest, customer_id: event.customer_id, brand_id: event.brand_id, ...(order ? { order: kept } : {}) };
}

function WhatIf({ event }: { event: EventResponse }) {
  const { client } = useSession();
  const [text, setText] = useState(() => JSON.stringify(asTried(event), null, 2));
  const [wrong, setWrong] = useState<string>();
  const [problem, setProblem] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<DryRunResponse>();
  const now = useLoaded(async () => (await ask(client.GET("/customers/{id}/wallet", { params: { path: { id: event.customer_id } } }))).data.totals, [event.customer_id]);
  const attempt = async (submitted: Event) => {
    submitted.preventDefault();
    setWrong(undefined);
    setProblem(undefined);
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch (error) {
      setWrong(texts.why.notJson((error as Error).message));
      return;
    }
    setBusy(true);
    try {
      setResult((await ask(client.POST("/behavior/events", { params: { query: { dry_run: true } }, body: body as never }))) as DryRunResponse);
    } catch (error) {
      setProblem(asRefusal(error));
      setResult(undefined);
    }
    setBusy(false);
  };
  return (
    <div class="columns">
      <Card>
        <form class="stack" onSubmit={attempt}>
          <p class="quiet">{texts.why.whatIfAbout}</p>
          <Field label={texts.why.json} problems={wrong ? [wrong] : []}>
            {(attributes) => <textarea class="code" spellcheck={false} {...attributes} value={text} onInput={(typed) => setText(typed.currentTarget.value)} />}
          </Field>
          <Problem problem={problem} />
          <button type="submit" class="first" disabled={busy}>
            {busy ? texts.why.trying : texts.why.try}
          </button>
        </form>
      </Card>
      {result && (
        <Card title={texts.why.would}>
          {now.data && <Difference before={now.data} after={result.data.result.wallet.totals} />}
          <Explanation campaigns={result.explanation.campaigns} evaluated={result.explanation.evaluated} />
        </Card>
      )}
    </div>
  );
}
