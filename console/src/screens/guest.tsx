/** A guest: found by whatever is known of them, with what they have and everything that happened. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { CustomerResponse, EventResponse } from "earnest-client";

import { ask, asSearched, may, Refusal } from "../api";
import { asRefusal, useLoaded, useSession } from "../hooks";
import { go, link } from "../router";
import { texts } from "../texts";
import { Badge, Card, Empty, Name, Problem, Screen, Show, Tabs, TextField, When } from "../ui/parts";
import { EraseButton, takeFarewell } from "./erase";
import { Identities } from "./identities";
import { Offers } from "./guest_offers";
import { Timeline } from "./timeline";
import { Wallet } from "./wallet";

const TABS = ["wallet", "timeline", "offers", "identities"] as const;
const seen: string[] = [];

export function GuestScreen({ place }: { place: string[] }) {
  const [id, tab] = place;
  return id ? <Guest key={id} id={id} tab={tab ?? "timeline"} /> : <FindGuest />;
}

function forgetSeen(ids: readonly string[]): void {
  seen.splice(0, seen.length, ...seen.filter((one) => !ids.includes(one)));
}

interface Found {
  customers: CustomerResponse[];
  events: EventResponse[];
}

function FindGuest() {
  const session = useSession();
  const [asked, setAsked] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Refusal>();
  const [found, setFound] = useState<Found>();
  const [farewell] = useState(takeFarewell);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  const find = async (event: Event) => {
    event.preventDefault();
    const wanted = asked.trim();
    if (!wanted) {
      return;
    }
    setBusy(true);
    setProblem(undefined);
    setFound(undefined);
    try {
      const result = await search(session.client, wanted);
      const [customer] = result.customers;
      const [event] = result.events;
      if (customer && result.customers.length === 1 && !event) {
        go("guest", customer.customer_id);
      } else if (event && result.events.length === 1 && !customer) {
        go("event", event.id);
      } else {
        setFound(result);
        if (!customer && !event) {
          setProblem(new Refusal(404, "", texts.guest.nobody(wanted)));
        }
      }
    } catch (error) {
      setProblem(asRefusal(error));
    }
    setBusy(false);
  };
  return (
    <Screen title={texts.guest.title}>
      {farewell && (
        <p class={`note ${farewell.isDone ? "good" : ""}`} role="status">
          <Name of={farewell.id} /> {farewell.isDone ? texts.erase.done : texts.erase.goesOn}{" "}
          {farewell.trace && <a href={link("offers", "trace", farewell.trace)}>{texts.correct.trace}</a>}
        </p>
      )}
      <Card>
        <form class="line" role="search" ref={form} onSubmit={find}>
          <TextField label={texts.guest.find} help={texts.guest.help} value={asked} onChange={setAsked} input={{ maxLength: 320 }} />
          <button type="submit" class="first" disabled={busy || !asked.trim()}>
            {busy ? texts.guest.searching : texts.guest.search}
          </button>
        </form>
      </Card>
      <Problem problem={problem} />
      {found && found.customers.length + found.events.length > 0 && (
        <Card title={texts.guest.found}>
          <ul class="stack">
            {found.customers.map((one) => (
              <li>
                <Name of={one.customer_id} link={link("guest", one.customer_id)} /> <span class="quiet">{one.email ?? one.mobile}</span>
              </li>
            ))}
            {found.events.map((one) => (
              <li>
                <a href={link("event", one.id)}>
                  {one.type}, <When at={one.issued_at} />
                </a>{" "}
                <Name of={one.customer_id} link={link("guest", one.customer_id)} />
              </li>
            ))}
          </ul>
        </Card>
      )}
      {seen.length > 0 && (
        <Card title={texts.guest.recent}>
          <ul class="actions">
            {seen.map((id) => (
              <li>
                <Name of={id} link={link("guest", id)} />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </Screen>
  );
}

/** Whoever and whatever goes by this: an id, an address, a number, an order, an event. */
async function search(client: ReturnType<typeof useSession>["client"], wanted: string): Promise<Found> {
  const byPath = !/[/#]|^\.{1,2}$/.test(wanted);
  const none = Promise.resolve(undefined);
  const [byId, byEmail, byMobile, byOrder, byEvent] = await Promise.all([
    byPath ? asSearched(ask(client.GET("/customers/{id}", { params: { path: { id: wanted } } }))) : none,
    wanted.includes("@") ? asSearched(ask(client.GET("/customers", { params: { query: { email: wanted } } }))) : none,
    /\d{5}/.test(wanted.replace(/[\s()/.-]/g, "")) ? asSearched(ask(client.GET("/customers", { params: { query: { mobile: wanted } } }))) : none,
    asSearched(ask(client.GET("/behavior/events", { params: { query: { purchase_id: wanted } } }))),
    /^[a-z2-7]{26}$/.test(wanted) ? asSearched(ask(client.GET("/behavior/events/{id}", { params: { path: { id: wanted } } }))) : none,
  ]);
  const customers = [...(byId ? [byId.data] : []), ...(byEmail?.data ?? []), ...(byMobile?.data ?? [])];
  const events = [...(byOrder?.data ?? []), ...(byEvent ? [byEvent.data] : [])];
  return { customers: [...new Map(customers.map((one) => [one.customer_id, one])).values()], events };
}

function Guest({ id, tab }: { id: string; tab: string }) {
  const session = useSession();
  const { client } = session;
  const customer = useLoaded(async () => {
    const found = (await ask(client.GET("/customers/{id}", { params: { path: { id } } }))).data;
    seen.splice(0, seen.length, found.customer_id, ...seen.filter((one) => one !== found.customer_id).slice(0, 7));
    return found;
  }, [id]);
  return (
    <Screen
      title={id}
      about={customer.data && <About customer={customer.data} asked={id} />}
      actions={
        <>
          <a class="button" href={link("guest")}>
            {texts.guest.find}
          </a>
          {customer.data && may(session, "admin") && <EraseButton customer={customer.data} forget={forgetSeen} />}
        </>
      }
    >
      <Show of={customer}>
        {(found) => (
          <>
            <Tabs label={texts.guest.tabs} tabs={TABS.map((one) => [texts.guest[one], link("guest", id, one), one === tab] as const)} />
            {tab === "wallet" ? (
              <Wallet id={id} />
            ) : tab === "offers" ? (
              <Offers id={id} />
            ) : tab === "identities" ? (
              <Identities customer={found} reload={customer.reload} />
            ) : tab === "timeline" ? (
              <Timeline id={id} />
            ) : (
              <Empty>{texts.nothingHere}</Empty>
            )}
          </>
        )}
      </Show>
    </Screen>
  );
}

function About({ customer, asked }: { customer: CustomerResponse; asked: string }) {
  return (
    <>
      {customer.customer_id !== asked && (
        <span>
          → <Name of={customer.customer_id} link={link("guest", customer.customer_id)} />
        </span>
      )}
      {customer.email && <Name of={customer.email} />}
      {customer.mobile && <Name of={customer.mobile} />}
      {Object.entries(customer.tags).map(([name, value]) => (
        <Badge of={name} tone="info">
          <bdi>{value === true ? name : `${name}: ${String(value)}`}</bdi>
        </Badge>
      ))}
      <span>
        {texts.guest.since} <When at={customer.created_at} />
      </span>
    </>
  );
}
