/** A campaign as it is being written, tried on the last events of a guest: nothing is stored, and it need not be. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Campaign, TryCampaignResponse } from "earnest-client";

import { ask, type FieldProblem, Refusal } from "../api";
import { amount } from "../format";
import { asRefusal, useSession } from "../hooks";
import { nameOf, useProgram } from "../names";
import { rememberFields } from "../seen_fields";
import { texts } from "../texts";
import { OUTCOME_TONES, Rules } from "../ui/explanation";
import { Amount, Badge, CheckField, Dialog, Empty, Loading, Name, Problem, problemsAt, SelectField, Table, TextField, When } from "../ui/parts";

type Tried = TryCampaignResponse["data"]["events"][number];

const words = texts.trial;
const OF_CAMPAIGN = "campaign.";
const LASTS = ["10", "25"] as const;

/** Whom it was tried on last, so that a change can be tried again at once. */
export interface TrialOf {
  guest: string;
  last: string;
  /** Whether its dates are left out: those of a campaign that is to come lie after whatever has happened. */
  anyTime: boolean;
}

const DATES = ["start_date", "end_date"];

export function Trial(props: { id: string; campaign: Record<string, unknown>; of: TrialOf; change: (of: TrialOf) => void; wrong: (problem: Refusal) => void; close: () => void }) {
  const { id, campaign, of, change, wrong, close } = props;
  const { client } = useSession();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Refusal>();
  const [result, setResult] = useState<TryCampaignResponse>();
  const turn = useRef(0);
  const hasDates = DATES.some((one) => campaign[one]);
  const attempt = async (event?: Event) => {
    event?.preventDefault();
    const mine = ++turn.current;
    const guest = of.guest.trim();
    setBusy(true);
    setProblem(undefined);
    setResult(undefined);
    // The fields of real events are offered where conditions are written.
    ask(client.GET("/customers/{id}/events", { params: { path: { id: guest }, query: { limit: 25 } } })).then((page) => page.data.forEach(rememberFields), () => undefined);
    try {
      const tried = of.anyTime ? Object.fromEntries(Object.entries(campaign).filter(([name]) => !DATES.includes(name))) : campaign;
      const body = { campaign: tried as unknown as Campaign, customer_id: guest, last: Number(of.last) };
      const found = await ask(client.POST("/campaigns/{id}/trial", { params: { path: { id } }, body }));
      mine === turn.current && setResult(found);
    } catch (error) {
      const refused = asRefusal(error);
      const fields = refused.fields.filter((one) => one.field.startsWith(OF_CAMPAIGN) || one.field === "id").map((one): FieldProblem => ({ ...one, field: one.field.replace(OF_CAMPAIGN, "") }));
      if (mine !== turn.current) {
        return;
      }
      if (fields.length > 0) {
        // Mistakes of the campaign stand at their fields, which are in the form behind this.
        wrong(new Refusal(refused.status, refused.code, refused.message.replaceAll(OF_CAMPAIGN, ""), fields, refused.requestId));
        close();
        return;
      }
      setProblem(refused);
    }
    mine === turn.current && setBusy(false);
  };
  useEffect(() => {
    if (of.guest.trim()) {
      void attempt();
    }
    return () => {
      turn.current += 1;
    };
  }, []);
  return (
    <Dialog title={words.title} onClose={close} wide>
      <div class="stack">
        <form class="line" role="search" onSubmit={attempt}>
          <TextField label={texts.campaigns.guest} help={words.about} value={of.guest} onChange={(guest) => change({ ...of, guest })} problems={problemsAt(problem?.fields ?? [], "customer_id")} input={{ maxLength: 320 }} />
          <SelectField class="slim" label={words.last} value={of.last} options={LASTS.map((one) => [one, one] as const)} onChange={(last) => change({ ...of, last })} />
          <button type="submit" class="first" disabled={busy || !of.guest.trim()}>
            {busy ? texts.why.trying : texts.why.try}
          </button>
          {hasDates && <CheckField label={words.anyTime} checked={of.anyTime} onChange={(anyTime) => change({ ...of, anyTime })} />}
        </form>
        <Problem problem={problem} />
        {busy && <Loading />}
        {result && <Result of={result} trigger={String(campaign["trigger"])} />}
      </div>
    </Dialog>
  );
}

function Result({ of, trigger }: { of: TryCampaignResponse; trigger: string }) {
  const { rewards } = useProgram();
  const { events, granted, complete, passed_over: passed } = of.data;
  const matched = events.filter((one) => one.matched).length;
  const sum = granted.map((one) => `${amount(one.amount)} ${nameOf(rewards, one.reward_id)}`).join(", ");
  return (
    <>
      <div class={`note ${matched > 0 ? "good" : ""}`} role="status">
        <p>{events.length === 0 ? words.noEvents(trigger) : words.summary(matched, events.length, sum)}</p>
        {events.length > 0 && !complete && <p class="small">{words.incomplete}</p>}
        {passed > 0 && <p class="small">{words.passedOver(passed)}</p>}
      </div>
      {of.warnings.length > 0 && (
        <div class="note warn">
          {of.warnings.map((one) => (
            <p>
              <code>{one.field.replace(OF_CAMPAIGN, "")}</code> {one.message}
            </p>
          ))}
        </div>
      )}
      {events.length > 0 && (
        <Table
          caption={words.title}
          rows={events}
          id={(one) => one.event_id}
          columns={[
            { title: words.at, cell: (one) => <When at={one.issued_at} /> },
            { title: words.outcome, cell: (one) => <Outcome of={one} /> },
            { title: words.granted, cell: (one) => <Granted of={one} /> },
            { title: texts.why.explanation, cell: (one) => <Why of={one} /> },
          ]}
        />
      )}
    </>
  );
}

function Outcome({ of }: { of: Tried }) {
  const outcome = of.explanation?.outcome ?? (of.matched ? "Rewarded" : "NoMatchingConditions");
  return (
    <>
      <Badge of={texts.outcome[outcome] ?? outcome} tone={OUTCOME_TONES[outcome] ?? "quiet"} /> {!of.certain && <Badge of={words.uncertain} tone="warn" />}
    </>
  );
}

function Granted({ of }: { of: Tried }) {
  const { rewards } = useProgram();
  if (of.effects.length === 0) {
    return <span class="quiet">{of.matched ? words.noPoints : texts.none}</span>;
  }
  return (
    <ul>
      {of.effects.map((one) => (
        <li>
          <Amount value={one.amount} sign /> <Name of={nameOf(rewards, one.reward_id)} />
        </li>
      ))}
    </ul>
  );
}

function Why({ of }: { of: Tried }) {
  if (!of.explanation) {
    return <Empty>{words.tooLong}</Empty>;
  }
  return (
    <details>
      <summary>
        <bdi>{of.explanation.sentence}</bdi>
      </summary>
      <Rules of={of.explanation} />
    </details>
  );
}
