/** What can be done to an event: each shows its dry run, made anew with every change of the form, before it is done. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { BalanceResponse, EventResponse } from "earnest-client";

import { ask, may, type Refusal } from "../api";
import { amount, moment } from "../format";
import { asRefusal, useSession } from "../hooks";
import { texts } from "../texts";
import { Difference } from "../ui/difference";
import { Dialog, Field, Loading, Name, Problem, problemsAt, TextField } from "../ui/parts";

type Action = "fulfil" | "reverse" | "cancel" | "extend" | "rescue";

const QUIET_MS = 350;

export function EventActions({ event, done }: { event: EventResponse; done: () => void }) {
  const session = useSession();
  const [open, setOpen] = useState<Action>();
  const actions: Action[] = [];
  if (may(session, "events:write")) {
    if (event.status === "PENDING") {
      actions.push("fulfil", "extend", "cancel");
    } else if (event.status === "RESOLVED") {
      actions.push("reverse");
    }
  }
  if (event.status === "EXPIRED" && may(session, "admin")) {
    actions.push("rescue");
  }
  return (
    <>
      {actions.map((action) => (
        <button type="button" class="plain" onClick={() => setOpen(action)}>
          {texts.action.names[action]}…
        </button>
      ))}
      {open && <ActionDialog action={open} event={event} close={() => setOpen(undefined)} done={done} />}
    </>
  );
}

interface Line {
  sku: string;
  left: number;
}

/** What is left of each product: what was bought, less what came back or did not ship. */
export function linesOf(event: EventResponse): Line[] {
  const order = event.data["order"] as { products?: { sku?: string | null; amount?: number | null }[] } | null | undefined;
  const left = new Map<string, number>();
  for (const one of Array.isArray(order?.products) ? order.products : []) {
    if (one.sku) {
      left.set(one.sku, (left.get(one.sku) ?? 0) + Number(one.amount ?? 1));
    }
  }
  for (const gone of [...event.returned, ...event.unfulfilled]) {
    if (gone.sku && left.has(gone.sku)) {
      left.set(gone.sku, left.get(gone.sku)! - gone.amount);
    }
  }
  return [...left].map(([sku, amount]) => ({ sku, left: Math.round(amount * 1e4) / 1e4 })).filter((one) => one.left > 0);
}

interface Form {
  scope: "whole" | "part" | "value";
  picked: Record<string, number>;
  value: string;
  days: string;
  reason: string;
}

/** The body of the call; a dry run needs no reason yet. */
function bodyOf(action: Action, form: Form, dryRun: boolean): Record<string, unknown> | undefined {
  const reason = action === "fulfil" || action === "extend" ? {} : { reason: form.reason.trim() || (dryRun ? "-" : "") };
  if (action === "extend") {
    return { reserve: Number(form.days) };
  }
  if (form.scope === "part") {
    const products = Object.entries(form.picked).filter(([, pieces]) => pieces > 0).map(([sku, pieces]) => ({ sku, amount: pieces }));
    return products.length > 0 ? { ...reason, products } : undefined;
  }
  if (form.scope === "value") {
    return form.value.trim() ? { ...reason, value: Number(form.value.replace(",", ".")) } : undefined;
  }
  return reason;
}

function ActionDialog({ action, event, close, done }: { action: Action; event: EventResponse; close: () => void; done: () => void }) {
  const { client } = useSession();
  const lines = linesOf(event);
  const [form, setForm] = useState<Form>({ scope: "whole", picked: {}, value: "", days: "7", reason: "" });
  const [before, setBefore] = useState<readonly BalanceResponse[]>();
  const [preview, setPreview] = useState<EventResponse>();
  const [problem, setProblem] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<EventResponse>();
  const once = useRef({ what: "", key: "" });
  const change = (changed: Partial<Form>) => setForm((now) => ({ ...now, ...changed }));

  const call = (body: Record<string, unknown>, dryRun: boolean): Promise<{ data: EventResponse }> => {
    const what = JSON.stringify(body);
    if (once.current.what !== what) {
      once.current = { what, key: crypto.randomUUID() };
    }
    const params = {
      path: { id: event.id },
      query: dryRun ? { dry_run: true } : {},
      header: { "Idempotency-Key": dryRun ? crypto.randomUUID() : once.current.key },
    };
    const sent = { params, body: body as never };
    switch (action) {
      case "fulfil":
        return ask(client.PATCH("/behavior/events/{id}/fulfill", sent));
      case "extend":
        return ask(client.PATCH("/behavior/events/{id}/reserve", sent));
      case "rescue":
        return ask(client.POST("/behavior/events/{id}/rescue", sent));
      default:
        return ask(client.POST("/behavior/events/{id}/reverse", sent));
    }
  };

  const wanted = bodyOf(action, form, true);
  const what = JSON.stringify({ ...wanted, reason: undefined, none: wanted === undefined });
  useEffect(() => {
    let isWanted = true;
    setPreview(undefined);
    setProblem(undefined);
    if (!wanted) {
      return;
    }
    const timer = setTimeout(async () => {
      try {
        const [wallet, would] = await Promise.all([
          before ? Promise.resolve(before) : ask(client.GET("/customers/{id}/wallet", { params: { path: { id: event.customer_id } } })).then((one) => one.data.totals, () => event.result.wallet.totals),
          call(wanted, true),
        ]);
        if (isWanted) {
          setBefore(wallet);
          setPreview(would.data);
        }
      } catch (error) {
        if (isWanted) {
          setProblem(asRefusal(error));
        }
      }
    }, QUIET_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [what]);

  const act = async (submitted: Event) => {
    submitted.preventDefault();
    const body = bodyOf(action, form, false);
    if (!body) {
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      setResult((await call(body, false)).data);
      done();
    } catch (error) {
      setProblem(asRefusal(error));
    }
    setBusy(false);
  };

  const needsReason = action !== "fulfil" && action !== "extend";
  const canPart = (action === "fulfil" && lines.length > 0) || action === "reverse";
  const danger = action === "reverse" || action === "cancel";
  return (
    <Dialog title={`${texts.action.names[action]}: ${event.type}`} onClose={close}>
      {result ? (
        <div class="stack">
          <p class="note good" role="status">
            {texts.action.done} {texts.action.status}: {texts.status[result.status]}
          </p>
          {before && <Difference before={before} after={result.result.wallet.totals} />}
          <button type="button" class="first" onClick={close}>
            {texts.close}
          </button>
        </div>
      ) : (
        <form class="stack" onSubmit={act}>
          <p class="quiet">{texts.action.about[action]}</p>
          {canPart && <ScopeField action={action} form={form} change={change} lines={lines} problem={problem} />}
          {action === "extend" && (
            <TextField label={texts.action.days} type="number" value={form.days} onChange={(days) => change({ days })} problems={problemsAt(problem?.fields ?? [], "reserve")} input={{ min: 1, max: 365, dir: "ltr" }} />
          )}
          {needsReason && (
            <TextField label={texts.action.reason} help={texts.action.reasonHelp} value={form.reason} onChange={(reason) => change({ reason })} problems={problemsAt(problem?.fields ?? [], "reason")} />
          )}
          <section aria-live="polite">
            <h3>{texts.action.preview}</h3>
            <Problem problem={problem} />
            {preview && before ? (
              <>
                <p class="small">
                  {texts.action.status}: {event.status !== preview.status && `${texts.status[event.status]} → `}
                  <strong>{texts.status[preview.status]}</strong>
                  {preview.status === "PENDING" && preview.reservation_expires_at && `, ${texts.guest.until} ${moment(preview.reservation_expires_at)}`}
                </p>
                <Difference before={before} after={preview.result.wallet.totals} />
              </>
            ) : wanted ? (
              !problem && <Loading />
            ) : (
              <p class="quiet">{texts.action.choose}</p>
            )}
          </section>
          <button type="submit" class={`first ${danger ? "danger" : ""}`} disabled={busy || !preview || (needsReason && !form.reason.trim())}>
            {texts.action.sure[action]}
          </button>
        </form>
      )}
    </Dialog>
  );
}

function ScopeField(props: { action: Action; form: Form; change: (changed: Partial<Form>) => void; lines: readonly Line[]; problem: Refusal | undefined }) {
  const { action, form, change, lines, problem } = props;
  const scopes: [Form["scope"], string][] = [["whole", texts.action.whole]];
  if (lines.length > 0) {
    scopes.push(["part", texts.action.part]);
  }
  if (action === "reverse") {
    scopes.push(["value", texts.action.byValue]);
  }
  return (
    <>
      <fieldset class="stack">
        <legend class="hidden">{texts.action.names[action]}</legend>
        {scopes.map(([scope, label]) => (
          <div class="check">
            <input type="radio" id={`scope-${scope}`} name="scope" checked={form.scope === scope} onChange={() => change({ scope })} />
            <label for={`scope-${scope}`}>{label}</label>
          </div>
        ))}
      </fieldset>
      {form.scope === "part" && (
        <fieldset class="stack picker">
          <legend>{action === "fulfil" ? texts.action.shipped : texts.action.lines}</legend>
          {lines.map((line) => {
            const pieces = form.picked[line.sku] ?? 0;
            const set = (wanted: number) => change({ picked: { ...form.picked, [line.sku]: Math.min(line.left, Math.max(0, wanted)) } });
            return (
              <div class="pick">
                <Field label={line.sku} problems={[]}>
                  {(attributes) => (
                    <span class="stepper">
                      <button type="button" aria-label={`− ${line.sku}`} onClick={() => set(pieces - 1)} disabled={pieces <= 0}>
                        −
                      </button>
                      <input {...attributes} type="number" min={0} max={line.left} step="any" value={pieces} onInput={(event) => set(Number(event.currentTarget.value))} />
                      <button type="button" aria-label={`+ ${line.sku}`} onClick={() => set(pieces + 1)} disabled={pieces >= line.left}>
                        +
                      </button>
                      <span class="quiet">{texts.action.ofLeft(amount(line.left))}</span>
                    </span>
                  )}
                </Field>
              </div>
            );
          })}
        </fieldset>
      )}
      {form.scope === "value" && <TextField label={texts.action.value} value={form.value} onChange={(value) => change({ value })} problems={problemsAt(problem?.fields ?? [], "value")} input={{ inputMode: "decimal", dir: "ltr" }} />}
      {lines.length === 0 && action === "reverse" && form.scope === "part" && <Name of={texts.action.noLines} />}
    </>
  );
}
