/** Erasing a guest: what there is and what becomes of it, a typed confirmation, and the trace until it has ended. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { BalanceResponse, CustomerResponse, ExportResponse } from "earnest-client";

import { ask, Refusal, type Session } from "../api";
import { amount } from "../format";
import { asRefusal, useSession } from "../hooks";
import { nameOf, useProgram } from "../names";
import { link } from "../router";
import { texts } from "../texts";
import { followTrace } from "../traces";
import { Amount, Dialog, Loading, Name, Problem, TextField } from "../ui/parts";

const words = texts.erase;
// Seconds for most guests, minutes for somebody with thousands of events; the trace tells of it for ever.
const MOST_MS = 15 * 60_000;

/** What was done to a guest whose page is left because there is nobody any more. */
export interface Farewell {
  id: string;
  trace: string | undefined;
  isDone: boolean;
}

let farewell: Farewell | undefined;

/** What is to be told where somebody arrives who has just left an erased guest; told once. */
export function takeFarewell(): Farewell | undefined {
  const told = farewell;
  farewell = undefined;
  return told;
}

export function EraseButton({ customer, forget }: { customer: CustomerResponse; forget: (ids: readonly string[]) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {words.button}
      </button>
      {open && <Erase customer={customer} forget={forget} close={() => setOpen(false)} />}
    </>
  );
}

interface Kept {
  pages: ExportResponse[];
  complete: boolean;
}

function Erase({ customer, forget, close }: { customer: CustomerResponse; forget: (ids: readonly string[]) => void; close: () => void }) {
  const session = useSession();
  const id = customer.customer_id;
  const kept = useExport(session, id);
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<Refusal>();
  const [phase, setPhase] = useState<"asking" | "sending" | "waiting" | "failed">("asking");
  const [trace, setTrace] = useState<{ id: string; reason: string }>();
  const isHere = useRef(true);
  useEffect(() => () => void (isHere.current = false), []);

  const leave = (traceId: string | undefined, isDone: boolean) => {
    farewell = { id, trace: traceId, isDone };
    forget([id, ...customer.aliases]);
    // The back button does not lead to somebody who is not there.
    location.replace(link("guest"));
  };
  const erase = async (event: Event) => {
    event.preventDefault();
    setPhase("sending");
    setProblem(undefined);
    const place = location.hash;
    let traceId: string | undefined;
    try {
      traceId = (await ask(session.client.DELETE("/customers/{id}", { params: { path: { id } } }))).traceId;
      setTrace({ id: traceId, reason: "" });
      setPhase("waiting");
      const ended = await followTrace(session, traceId, MOST_MS, () => isHere.current);
      if (!isHere.current) {
        // Closed while it was sent; whoever has gone on to another page stays there.
        location.hash === place && leave(traceId, ended.status === "DONE");
      } else if (ended.status === "FAILED") {
        setTrace({ id: traceId, reason: ended.reason ?? "" });
        setPhase("failed");
      } else {
        leave(traceId, ended.status === "DONE");
      }
    } catch (error) {
      const refused = asRefusal(error);
      if (refused.status === 404 && !traceId) {
        // An answer was lost on the way and the work is done, or somebody else was faster.
        leave(undefined, true);
        return;
      }
      setProblem(refused);
      setPhase(traceId ? "waiting" : "asking");
    }
  };
  const end = () => (phase === "waiting" ? leave(trace?.id, false) : close());

  return (
    <Dialog title={words.title(id)} onClose={end}>
      {phase === "waiting" || phase === "failed" ? (
        <div class="stack">
          <div class={`note ${phase === "failed" ? "warn" : ""}`} role="status">
            <p>{phase === "failed" ? words.failed(trace?.reason ?? "") : words.waiting}</p>
          </div>
          {phase === "waiting" && !problem && <Loading />}
          <Problem problem={problem} />
          <p class="actions">
            <a class="button" href={link("offers", "trace", trace!.id)}>
              {texts.correct.trace}
            </a>
            <button type="button" onClick={end}>
              {texts.close}
            </button>
          </p>
        </div>
      ) : (
        <form class="stack" onSubmit={erase}>
          <p>{words.about}</p>
          <Problem problem={kept.problem} retry={kept.reload} />
          {kept.data && <Summary customer={customer} kept={kept.data} />}
          {!kept.data?.complete && !kept.problem && <Loading />}
          <div class="columns">
            <WhatBecomes title={words.goesTitle} of={words.goes} />
            <WhatBecomes title={words.staysTitle} of={words.stays} />
          </div>
          <p class="quiet small">{words.backups}</p>
          <TextField
            label={
              <>
                {words.confirm[0]} <bdi>{id}</bdi> {words.confirm[1]}
              </>
            }
            value={typed}
            onChange={setTyped}
            input={{ spellcheck: false, autocapitalize: "off" }}
          />
          <Problem problem={problem} />
          <button type="submit" class="first danger" disabled={phase === "sending" || !kept.data?.complete || typed.trim() !== id.trim()}>
            {phase === "sending" ? words.sending : words.submit}
          </button>
        </form>
      )}
    </Dialog>
  );
}

function WhatBecomes({ title, of }: { title: string; of: readonly string[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <ul class="dotted small">
        {of.map((one) => (
          <li>{one}</li>
        ))}
      </ul>
    </section>
  );
}

/** All that is kept of a guest, page by page: how much there is shows while it is read. */
function useExport(session: Session, id: string) {
  const [state, setState] = useState<{ data: Kept | undefined; problem: Refusal | undefined }>({ data: undefined, problem: undefined });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isWanted = true;
    const pages: ExportResponse[] = [];
    const read = async () => {
      let cursor: string | null | undefined;
      do {
        const page = await ask(session.client.GET("/customers/{id}/export", { params: { path: { id }, query: cursor ? { cursor } : {} } }));
        pages.push(page.data);
        cursor = page.next_cursor;
        isWanted && setState({ data: { pages: [...pages], complete: !cursor }, problem: undefined });
      } while (cursor && isWanted);
    };
    setState({ data: undefined, problem: undefined });
    read().catch((error: unknown) => isWanted && setState((before) => ({ ...before, problem: asRefusal(error) })));
    return () => {
      isWanted = false;
    };
  }, [id, round]);
  return { ...state, reload: () => setRound((before) => before + 1) };
}

function Summary({ customer, kept }: { customer: CustomerResponse; kept: Kept }) {
  const { rewards } = useProgram();
  const first = kept.pages[0]!;
  const count = (name: "events" | "transactions" | "offers" | "traces") => kept.pages.reduce((sum, page) => sum + page[name].length, 0);
  const open = kept.pages.flatMap((page) => page.events).filter((event) => event.status === "PENDING").length;
  const totals: readonly BalanceResponse[] = first.wallet?.totals ?? [];
  const found = first.identities.map((one) => one.value);
  return (
    <section aria-live="polite">
      <h3>{words.kept}</h3>
      {open > 0 && <p class="note warn">{words.open(open)}</p>}
      <dl class="pairs small">
        <dt>{words.ids}</dt>
        <dd>
          {[customer.customer_id, ...customer.aliases, ...found].map((one, index) => (
            <>
              {index > 0 && ", "}
              <Name of={one} />
            </>
          ))}
        </dd>
        <dt>{texts.guest.wallet}</dt>
        <dd>
          {totals.length === 0 && texts.none}
          {totals.map((one, index) => (
            <>
              {index > 0 && ", "}
              <Amount value={one.available} /> <Name of={nameOf(rewards, one.reward_id)} />
            </>
          ))}
        </dd>
        {(["events", "transactions", "offers", "traces"] as const).map((name) => (
          <>
            <dt>{words.counts[name]}</dt>
            <dd>{amount(count(name))}</dd>
          </>
        ))}
      </dl>
      {kept.complete && <Save id={customer.customer_id} kept={kept} />}
    </section>
  );
}

/** The export as a file, for whoever is to get it before it is gone. */
function Save({ id, kept }: { id: string; kept: Kept }) {
  const save = () => {
    const address = URL.createObjectURL(new Blob([JSON.stringify(kept.pages.length === 1 ? kept.pages[0] : kept.pages, null, 2)], { type: "application/json" }));
    const anchor = document.createElement("a");
    anchor.href = address;
    anchor.download = `${id.replace(/[^\w.@-]+/g, "_").slice(0, 80)}.json`;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };
  return (
    <p>
      <button type="button" class="plain" onClick={save}>
        {words.save}
      </button>
    </p>
  );
}
