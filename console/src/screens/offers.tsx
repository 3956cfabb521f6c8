/** Requests of marketing tools and what became of them, offers given by hand, and what offers are made of. */

import { useRef, useState } from "preact/hooks";

import { ask, may, type Refusal } from "../api";
import { inline, today } from "../format";
import { asRefusal, useLoaded, useSession } from "../hooks";
import { useProgram } from "../names";
import { go, link } from "../router";
import { texts } from "../texts";
import { Badge, Card, Empty, Name, Problem, problemsAt, Screen, SelectField, Show, TextField, When } from "../ui/parts";
import { SetAside } from "./health";
import { SetUp } from "./set_up";

export function OffersScreen({ place }: { place: string[] }) {
  const [what, id] = place;
  return what === "trace" && id ? <Trace key={id} id={id} /> : <Offers />;
}

function Offers() {
  const session = useSession();
  const [asked, setAsked] = useState("");
  return (
    <Screen title={texts.sections.offers}>
      {may(session, "offers:write") && (
        <Card>
          <form class="line" role="search" onSubmit={(event) => (event.preventDefault(), asked.trim() && go("offers", "trace", asked.trim()))}>
            <TextField label={texts.offers.find} help={texts.offers.findHelp} value={asked} onChange={setAsked} input={{ dir: "ltr" }} />
            <button type="submit" class="first" disabled={!asked.trim()}>
              {texts.guest.search}
            </button>
          </form>
        </Card>
      )}
      {may(session, "offers:write") && <Give />}
      {may(session, "admin") && <SetUp kind="config_offer" />}
      {may(session, "admin") && <SetAside />}
    </Screen>
  );
}

function Give() {
  const { client } = useSession();
  const { configOffers } = useProgram();
  const [form, setForm] = useState({ userId: "", configId: "", startDate: today(), endDate: "", reference: "" });
  const [problem, setProblem] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const once = useRef({ what: "", key: "" });
  const change = (changed: Partial<typeof form>) => setForm((now) => ({ ...now, ...changed }));
  const wrong = (field: string) => problemsAt(problem?.fields ?? [], field);
  const give = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    const { userId, configId, startDate, endDate, reference } = form;
    const who = userId.includes("@") ? { email: userId.trim() } : { userId: userId.trim() };
    const body = { ...who, configId: configId || configOffers[0]?.id || "", ruleParams: { startDate, endDate }, source: texts.correct.source, reference };
    const what = JSON.stringify(body);
    if (once.current.what !== what) {
      once.current = { what, key: crypto.randomUUID() };
    }
    try {
      const { traceId } = await ask(client.POST("/bulk-action/hot/create-offer", { params: { header: { "Idempotency-Key": once.current.key } }, body }));
      go("offers", "trace", traceId);
    } catch (error) {
      setProblem(asRefusal(error));
    }
    setBusy(false);
  };
  return (
    <Card title={texts.offers.give}>
      <form class="stack" onSubmit={give}>
        <Problem problem={problem} />
        <div class="fields">
          <TextField label={texts.offers.guest} value={form.userId} onChange={(userId) => change({ userId })} problems={[...wrong("userId"), ...wrong("email")]} />
          {configOffers.length > 0 ? (
            <SelectField label={texts.offers.config} value={form.configId || configOffers[0]!.id} options={configOffers.map((one) => [one.id, one.name] as const)} onChange={(configId) => change({ configId })} problems={wrong("configId")} />
          ) : (
            <TextField label={texts.offers.config} value={form.configId} onChange={(configId) => change({ configId })} problems={wrong("configId")} />
          )}
          <TextField label={texts.fields["start_date"]!} type="date" value={form.startDate} onChange={(startDate) => change({ startDate })} problems={wrong("ruleParams.startDate")} />
          <TextField label={texts.fields["end_date"]!} type="date" value={form.endDate} onChange={(endDate) => change({ endDate })} problems={wrong("ruleParams.endDate")} />
          <TextField label={texts.action.reason} value={form.reference} onChange={(reference) => change({ reference })} problems={wrong("reference")} />
        </div>
        <p>
          <button type="submit" class="first" disabled={busy || !form.userId.trim() || !form.endDate}>
            {texts.offers.submit}
          </button>
        </p>
      </form>
    </Card>
  );
}

const TONES = { QUEUED: "info", ASSIGNED: "good", DONE: "good", FAILED: "bad" } as const;

function Trace({ id }: { id: string }) {
  const { client } = useSession();
  const trace = useLoaded(async () => (await ask(client.GET("/traces/{traceId}", { params: { path: { traceId: id } } }))).data, [id]);
  return (
    <Screen
      title={texts.offers.trace}
      about={<span class="id">{id}</span>}
      actions={
        <button type="button" onClick={trace.reload}>
          {texts.offers.refresh}
        </button>
      }
    >
      <Show of={trace}>
        {(found) => {
          const { traceId: _, status, reason, offerId: __, timeline, userId, ...request } = found;
          return (
            <>
              <Card title={<Badge of={texts.offers.status[status] ?? status} tone={TONES[status]} />}>
                {reason && <p class="note warn">{reason}</p>}
                <ol class="timeline">
                  {timeline.map((step) => (
                    <li>
                      <p class="quiet small at">
                        <When at={step.at} />
                      </p>
                      <p>
                        <bdi>{step.what}</bdi>
                      </p>
                    </li>
                  ))}
                </ol>
                {timeline.length === 0 && <Empty>{texts.none}</Empty>}
              </Card>
              {(userId || Object.keys(request).length > 0) && (
                <Card title={texts.offers.request}>
                  <dl class="pairs">
                    {userId && (
                      <>
                        <dt>{texts.offers.guest}</dt>
                        <dd>
                          <Name of={userId} link={link("guest", userId)} />
                        </dd>
                      </>
                    )}
                    {Object.entries(request).map(([name, value]) => (
                      <>
                        <dt>{name}</dt>
                        <dd>
                          <bdi>{inline(value, 400)}</bdi>
                        </dd>
                      </>
                    ))}
                  </dl>
                </Card>
              )}
            </>
          );
        }}
      </Show>
    </Screen>
  );
}
