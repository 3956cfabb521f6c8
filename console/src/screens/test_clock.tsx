/** The clock of a brand to test with: what time it is there, and how far it is to go on. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { TestClockResponse } from "earnest-client";

import { ask, type Refusal } from "../api";
import { brandNow, brandTime, isTimeMoved, midnight, moment, setBrandTime, timeZone } from "../format";
import { asRefusal, useLoaded, useSession } from "../hooks";
import { texts } from "../texts";
import { Badge, Card, Problem, problemsAt, SelectField, Show, TextField } from "../ui/parts";

const words = texts.clock;
const HOUR_MS = 3_600_000;
const POLL_MS = 700;

type Span = keyof typeof words.spans;
const LENGTHS: Partial<Record<Span, number>> = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS, month: 720 * HOUR_MS, year: 8760 * HOUR_MS };

export function TestClock() {
  const { client } = useSession();
  const clock = useLoaded(async () => {
    const found = (await ask(client.GET("/test-clock"))).data;
    setBrandTime(found.now);
    return found;
  }, []);
  const isAdvancing = clock.data?.status === "advancing";
  useEffect(() => {
    if (isAdvancing && !clock.loading && !clock.problem) {
      const timer = setTimeout(clock.reload, POLL_MS);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [isAdvancing, clock.loading, clock.problem]);
  return <Show of={clock}>{(found) => <Clock clock={found} reload={clock.reload} />}</Show>;
}

function Clock({ clock, reload }: { clock: TestClockResponse; reload: () => void }) {
  const isAdvancing = clock.status === "advancing";
  // Where it set out, as far as this page knows: what is left is shown as a part of the way.
  const from = useRef(clock.now);
  if (!isAdvancing) {
    from.current = clock.now;
  }
  // A short way may be over before it is seen: where the clock was sent tells it as well.
  const [sent, send] = useState<number>();
  const onItsWay = isAdvancing && clock.to ? Date.parse(clock.to) : undefined;
  useEffect(() => {
    if (onItsWay !== undefined) {
      send(onItsWay);
    }
  }, [onItsWay]);
  const arrived = !isAdvancing && sent !== undefined && Date.parse(clock.now) >= sent;
  return (
    <Card title={words.title} actions={<Badge of={isAdvancing ? words.advancing : words.ready} tone={isAdvancing ? "info" : "good"} />}>
      <div class="stack">
        <p class="quiet">{words.about}</p>
        {isAdvancing && clock.to ? <OnItsWay clock={clock} from={from.current} to={clock.to} /> : <Now />}
        {arrived && (
          <p class="note good" role="status">
            {words.arrived(moment(clock.now))}
          </p>
        )}
        {!isAdvancing && <Advance reload={reload} send={send} />}
      </div>
    </Card>
  );
}

function Now() {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const now = brandNow();
  const hours = Math.round((now - Date.now()) / HOUR_MS);
  return (
    <div>
      <p class="big">
        <time dateTime={new Date(now).toISOString()}>{brandTime(now)}</time>
      </p>
      <p class="quiet small">
        {timeZone()}, {isTimeMoved() ? words.ahead(hours) : words.real}
      </p>
    </div>
  );
}

function OnItsWay({ clock, from, to }: { clock: TestClockResponse; from: string; to: string }) {
  const [begin, now, end] = [from, clock.now, to].map(Date.parse) as [number, number, number];
  const done = end > begin ? Math.max(0, Math.min(1, (now - begin) / (end - begin))) : 0;
  return (
    <div>
      <p class="big">
        <time dateTime={clock.now}>{brandTime(now)}</time>
      </p>
      <p class="quiet small" role="status">
        {words.onItsWay(moment(to))}
      </p>
      <progress max={1} value={done} aria-label={words.onItsWay(moment(to))} />
    </div>
  );
}

function Advance({ reload, send }: { reload: () => void; send: (to: number | undefined) => void }) {
  const { client } = useSession();
  const [span, setSpan] = useState<Span>("day");
  const [days, setDays] = useState("90");
  const [date, setDate] = useState("");
  const [problem, setProblem] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const length = span === "days" ? Number(days) * 24 * HOUR_MS : LENGTHS[span];
  const at = (): number | undefined => {
    const to = span === "date" ? (date ? midnight(date) : Number.NaN) : brandNow() + (length ?? 0);
    return Number.isFinite(to) && Math.abs(to) < 8.64e15 ? to : undefined;
  };
  const to = at();
  const advance = async (event: Event) => {
    event.preventDefault();
    const target = at();
    if (target === undefined) {
      return;
    }
    setBusy(true);
    setProblem(undefined);
    send(undefined);
    try {
      await ask(client.POST("/test-clock/advance", { body: { to: new Date(target).toISOString() } }));
      send(target);
    } catch (error) {
      setProblem(asRefusal(error));
    }
    // After an error too: the answer may have been lost, and the clock be on its way.
    reload();
    setBusy(false);
  };
  const wrong = problemsAt(problem?.fields ?? [], "to");
  return (
    <form class="stack" onSubmit={advance}>
      <div class="line">
        <SelectField label={words.howFar} value={span} options={Object.entries(words.spans)} onChange={(value) => (setProblem(undefined), setSpan(value as Span))} />
        {span === "days" && <TextField label={words.days} type="number" value={days} onChange={setDays} input={{ step: "any", dir: "ltr" }} problems={wrong} />}
        {span === "date" && <TextField label={words.date} type="date" value={date} onChange={setDate} problems={wrong} />}
      </div>
      <Problem problem={problem} />
      <p class="actions">
        <button type="submit" class="first" disabled={busy || to === undefined}>
          {words.submit}
        </button>
        {to !== undefined && <span class="quiet">{words.itWillBe(moment(new Date(to).toISOString()))}</span>}
      </p>
    </form>
  );
}
