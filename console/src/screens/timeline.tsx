/** Everything that happened to a guest, newest first: events with what they moved, and what moved without one. */

import type { EventResponse, TransactionResponse } from "earnest-client";

import { ask, may } from "../api";
import { amount, brandNow } from "../format";
import { useList, useSession } from "../hooks";
import { nameOf, type Program, useProgram } from "../names";
import { link } from "../router";
import { rememberFields } from "../seen_fields";
import { texts } from "../texts";
import { Amount, Badge, Card, ListEnd, Name, When } from "../ui/parts";
import { EventActions } from "./event_actions";

type Row = { at: string; event?: EventResponse; entries: TransactionResponse[] };

const SAME_MS = 2_000;
const TONES = { PENDING: "info", RESOLVED: "good", CANCELLED: "quiet", EXPIRED: "warn", REVERSED: "bad" } as const;

export function StatusBadge({ event }: { event: EventResponse }) {
  return <Badge of={texts.status[event.status] ?? event.status} tone={TONES[event.status]} />;
}

export function Timeline({ id }: { id: string }) {
  const { client } = useSession();
  const program = useProgram();
  const query = (cursor: string | undefined) => ({ path: { id }, query: { limit: 50, ...(cursor ? { cursor } : {}) } });
  const events = useList(async (cursor) => {
    const page = await ask(client.GET("/customers/{id}/events", { params: query(cursor) }));
    page.data.forEach(rememberFields);
    return page;
  }, [id]);
  const entries = useList((cursor) => ask(client.GET("/customers/{id}/transactions", { params: query(cursor) })), [id]);
  const loading = events.loading || entries.loading;
  const rows = rowsOf(events.items, entries.items);
  // Both lists are read page by page: what is older than the end of one of them may still get something before it.
  const ends = [events, entries].filter((one) => !one.complete && one.items.length > 0).map((one) => atOf(one.items.at(-1)!));
  const end = ends.sort().at(-1) ?? "";
  const reload = () => (events.reload(), entries.reload());
  return (
    <Card>
      <ol class="timeline">
        {rows
          .filter((row) => row.at >= end)
          .map((row) => (
            <li key={row.event?.id ?? row.entries[0]!.id}>
              <p class="quiet small at">
                <When at={row.at} />
              </p>
              <div>{row.event ? <EventRow event={row.event} entries={row.entries} program={program} done={reload} /> : <EntryRow entries={row.entries} program={program} />}</div>
            </li>
          ))}
      </ol>
      <ListEnd
        of={{
          items: rows,
          problem: events.problem ?? entries.problem,
          loading,
          complete: events.complete && entries.complete,
          more: () => [events, entries].filter((one) => !one.complete).forEach((one) => one.more()),
        }}
        empty={texts.guest.noEvents}
      />
    </Card>
  );
}

function atOf(one: EventResponse | TransactionResponse): string {
  return "issued_at" in one ? one.issued_at : (one.created_at ?? "");
}

function rowsOf(events: readonly EventResponse[], entries: readonly TransactionResponse[]): Row[] {
  const rows = new Map<string, Row>(events.map((event) => [event.id, { at: event.issued_at, event, entries: [] }]));
  const others = new Map<string, Row>();
  for (const entry of entries) {
    const at = entry.created_at ?? "";
    const own = entry.event_id ? rows.get(entry.event_id) : undefined;
    if (own?.event && isAtOnce(own.event, at)) {
      own.entries.push(entry);
      continue;
    }
    const key = `${entry.event_id ?? entry.trace_id ?? ""} ${at}`;
    const row = others.get(key) ?? { at, entries: [] };
    row.entries.push(entry);
    others.set(key, row);
  }
  return [...rows.values(), ...others.values()].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

/** Whether it was written with the event itself, and not when the event was fulfilled or undone later. */
function isAtOnce(event: EventResponse, at: string): boolean {
  const near = (other: string | null) => other !== null && Math.abs(Date.parse(at) - Date.parse(other)) < SAME_MS;
  return near(event.issued_at) || (event.reservation_expires_at === null && near(event.resolved_at));
}

interface OrderData {
  purchase_id?: string;
  value?: number;
}

export function orderOf(event: EventResponse): OrderData | undefined {
  const order = event.data["order"];
  return order && typeof order === "object" ? (order as OrderData) : undefined;
}

function EventRow({ event, entries, program, done }: { event: EventResponse; entries: TransactionResponse[]; program: Program; done: () => void }) {
  const order = orderOf(event);
  return (
    <>
      <p class="head">
        <a href={link("event", event.id)}>
          <strong>
            <bdi>{event.type}</bdi>
          </strong>
        </a>
        <StatusBadge event={event} />
        {order?.purchase_id && (
          <span class="quiet">
            <Name of={texts.guest.purchase(String(order.purchase_id))} />
          </span>
        )}
        {typeof order?.value === "number" && <span class="quiet">{texts.guest.worth(amount(order.value))}</span>}
        {event.status === "PENDING" && (
          <span class="quiet">
            {texts.guest.until} <When at={event.reservation_expires_at} />
          </span>
        )}
      </p>
      <Lines event={event} />
      <Movements event={event} program={program} />
      {movesNothing(event) && <p class="quiet small">{texts.why.nothing}</p>}
      {event.reason && (
        <p class="quiet small">
          <Name of={event.reason} />
        </p>
      )}
      {entries.some((one) => one.debt !== 0) && <Entries entries={entries.filter((one) => one.debt !== 0)} program={program} />}
      <p class="actions small">
        <a href={link("event", event.id)}>{texts.guest.why}</a>
        <EventActions event={event} done={done} />
      </p>
    </>
  );
}

const MOST_LINES = 6;

/** What was bought, in a line: whoever looks for an order mostly knows what was in it. */
function Lines({ event }: { event: EventResponse }) {
  const order = event.data["order"] as { products?: { sku?: string | null; amount?: number | null }[] } | null | undefined;
  const lines = Array.isArray(order?.products) ? order.products : [];
  const gone = [...event.returned, ...event.unfulfilled];
  if (lines.length === 0) {
    return null;
  }
  return (
    <p class="quiet small">
      {lines.slice(0, MOST_LINES).map((line, index) => (
        <>
          {index > 0 && ", "}
          {amount(Number(line.amount ?? 1))} × <Name of={String(line.sku ?? "–")} />
        </>
      ))}
      {lines.length > MOST_LINES && `, ${texts.guest.moreLines(lines.length - MOST_LINES)}`}
      {gone.length > 0 && (
        <>
          {" "}
          · {texts.why.line.left}: <bdi>{gone.map((one) => `${one.amount} × ${one.sku ?? "–"}`).join(", ")}</bdi>
        </>
      )}
    </p>
  );
}

function movesNothing(event: EventResponse): boolean {
  const { accumulations, redemptions, offers } = event.result;
  return accumulations.length + redemptions.length + offers.length === 0;
}

/** What an event moves, or promises to: by campaign, and what it spent. */
export function Movements({ event, program }: { event: EventResponse; program: Program }) {
  const { accumulations, redemptions, offers } = event.result;
  const gone = event.status === "CANCELLED" || event.status === "EXPIRED" || event.status === "REVERSED";
  if (accumulations.length + redemptions.length + offers.length === 0) {
    return null;
  }
  return (
    <ul class={`moves ${gone ? "gone" : ""}`}>
      {accumulations.map((one) => (
        <li>
          <Amount value={one.amount} sign /> <Name of={nameOf(program.rewards, one.reward_id)} />{" "}
          {one.campaign_id && (
            <span class="quiet">
              · <Name of={nameOf(program.campaigns, one.campaign_id)} />
            </span>
          )}
          {!gone && isPending(event, one.available_from) && <Badge of={texts.guest.pending} tone="info" />}
        </li>
      ))}
      {redemptions.map((one) => (
        <li>
          <Amount value={-one.amount} sign /> <Name of={nameOf(program.rewards, one.reward_id)} />
          {event.status === "PENDING" && <Badge of={texts.guest.held} tone="info" />}
        </li>
      ))}
      {offers.map((one) => (
        <li>
          <Badge of={texts.guest.anOffer} tone="info" /> <Name of={nameOf(program.configOffers, one.config_id)} />
        </li>
      ))}
    </ul>
  );
}

function isPending(event: EventResponse, from: string | null): boolean {
  return event.status === "PENDING" || (from !== null && Date.parse(from) > brandNow());
}

function EntryRow({ entries, program }: { entries: TransactionResponse[]; program: Program }) {
  const session = useSession();
  const [first] = entries;
  const { event_id: event, trace_id: trace, source, reference } = first!;
  return (
    <>
      <p class="head">
        <strong>{[...new Set(entries.map((one) => texts.entry[one.type] ?? one.type))].join(", ")}</strong>
        {source && (
          <span class="quiet">
            <Name of={source} />
          </span>
        )}
        {reference && <Name of={reference} />}
      </p>
      <Entries entries={entries} program={program} />
      <p class="actions small">
        {event && <a href={link("event", event)}>{texts.why.title}</a>}
        {trace && may(session, "offers:write") && <a href={link("offers", "trace", trace)}>{texts.correct.trace}</a>}
      </p>
    </>
  );
}

function Entries({ entries, program }: { entries: readonly TransactionResponse[]; program: Program }) {
  return (
    <ul class="moves">
      {entries.map((one) => (
        <li>
          <Amount value={one.amount} sign /> <Name of={nameOf(program.rewards, one.reward_id)} />{" "}
          {one.campaign_id && (
            <span class="quiet">
              · <Name of={nameOf(program.campaigns, one.campaign_id)} />
            </span>
          )}
          {one.debt !== 0 && (
            <span class="quiet">
              · {texts.guest.debt} <Amount value={one.debt} sign />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
