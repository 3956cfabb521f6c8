/** Points up or down by hand: by way of the queue, so what became of it is asked of its trace. */

import { useRef, useState } from "preact/hooks";
import type { BalanceResponse } from "earnest-client";

import { ask, type Refusal } from "../api";
import { asRefusal, useSession } from "../hooks";
import { nameOf, useProgram } from "../names";
import { link } from "../router";
import { texts } from "../texts";
import { followTrace } from "../traces";
import { Difference } from "../ui/difference";
import { Dialog, Problem, problemsAt, SelectField, TextField } from "../ui/parts";

const MOST_MS = 20_000;

export function CorrectButton(props: { id: string; totals: readonly BalanceResponse[]; done: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {texts.action.names.correct}…
      </button>
      {open && <Correct {...props} close={() => setOpen(false)} />}
    </>
  );
}

function Correct({ id, totals, done, close }: { id: string; totals: readonly BalanceResponse[]; done: () => void; close: () => void }) {
  const session = useSession();
  const { client } = session;
  const { rewards } = useProgram();
  const ids = rewards.length > 0 ? rewards.map((one) => one.id) : totals.map((one) => one.reward_id);
  const [reward, setReward] = useState("");
  const [written, setWritten] = useState("");
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<Refusal>();
  const [phase, setPhase] = useState<"edit" | "sent" | "done" | "failed" | "queued">("edit");
  const [outcome, setOutcome] = useState<{ trace: string; reason: string }>();
  // The same correction sent again is the same one.
  const once = useRef({ what: "", key: "" });
  const chosen = reward || ids[0] || "";
  const points = Number(written.replace("−", "-").replace(",", "."));
  const isNumber = written.trim() !== "" && Number.isFinite(points) && points !== 0;
  const after = totals.some((one) => one.reward_id === chosen) ? totals.map((one) => (one.reward_id === chosen ? { ...one, available: Math.round((one.available + points) * 1e4) / 1e4 } : one)) : [...totals, { reward_id: chosen, available: points, total: points, reserved: 0, pending: 0, next_expiration: null, expiration_date: null }];

  const send = async (event: Event) => {
    event.preventDefault();
    setProblem(undefined);
    setPhase("sent");
    const body = { userId: id, rewardId: chosen, pointsEarned: points, source: texts.correct.source, reference: reason.trim() };
    const what = JSON.stringify(body);
    if (once.current.what !== what) {
      once.current = { what, key: crypto.randomUUID() };
    }
    try {
      const { traceId } = await ask(client.POST("/bulk-action/hot/assign-points", { params: { header: { "Idempotency-Key": once.current.key } }, body }));
      const trace = await followTrace(session, traceId, MOST_MS);
      setOutcome({ trace: traceId, reason: trace.reason ?? "" });
      setPhase(trace.status === "QUEUED" ? "queued" : trace.status === "ASSIGNED" ? "done" : "failed");
      done();
    } catch (error) {
      setProblem(asRefusal(error));
      setPhase("edit");
    }
  };

  return (
    <Dialog title={`${texts.correct.title}: ${id}`} onClose={close}>
      {phase === "done" || phase === "failed" || phase === "queued" ? (
        <div class="stack">
          <p class={`note ${phase === "done" ? "good" : "warn"}`} role="status">
            {phase === "done" ? texts.action.done : phase === "failed" ? texts.correct.failed(outcome?.reason ?? "") : texts.correct.still}
          </p>
          <p class="actions">
            <a class="button" href={link("offers", "trace", outcome!.trace)}>
              {texts.correct.trace}
            </a>
            <button type="button" class="first" onClick={close}>
              {texts.close}
            </button>
          </p>
        </div>
      ) : (
        <form class="stack" onSubmit={send}>
          <p class="quiet">{texts.correct.about}</p>
          <Problem problem={problem} />
          <SelectField label={texts.correct.reward} value={chosen} options={ids.map((one) => [one, nameOf(rewards, one)] as const)} onChange={setReward} problems={problemsAt(problem?.fields ?? [], "rewardId")} />
          <TextField
            label={texts.correct.amount}
            value={written}
            onChange={setWritten}
            input={{ inputMode: "text", dir: "ltr" }}
            problems={written.trim() && !isNumber && written.trim() !== "-" ? [texts.correct.noNumber] : problemsAt(problem?.fields ?? [], "pointsEarned")}
          />
          <TextField label={texts.action.reason} help={texts.action.reasonHelp} value={reason} onChange={setReason} problems={problemsAt(problem?.fields ?? [], "reference")} />
          {isNumber && (
            <section>
              <h3>{texts.action.preview}</h3>
              <Difference before={totals} after={after} />
            </section>
          )}
          <button type="submit" class="first" disabled={phase === "sent" || !isNumber || !reason.trim() || !chosen}>
            {phase === "sent" ? texts.correct.sent : texts.correct.submit}
          </button>
        </form>
      )}
    </Dialog>
  );
}
