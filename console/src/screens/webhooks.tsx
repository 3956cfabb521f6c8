/** Where the brand is told of what happens, and how that went. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { DeliveryResponse, WebhookResponse, WebhookSettings } from "earnest-client";

import { ask, type Refusal } from "../api";
import { asRefusal, useList, useSession } from "../hooks";
import { texts } from "../texts";
import { Badge, Card, CheckField, Dialog, Field, ListEnd, Name, Problem, problemsAt, Table, TextField, When } from "../ui/parts";

type EventType = WebhookSettings["events"][number];

const words = texts.webhooks;

export function Webhooks() {
  const { client } = useSession();
  const [editing, setEditing] = useState<WebhookResponse | "new">();
  const [looking, setLooking] = useState<WebhookResponse>();
  const webhooks = useList((cursor) => ask(client.GET("/webhooks", { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })), []);
  return (
    <Card
      title={texts.settings.webhooks}
      actions={
        <button type="button" onClick={() => setEditing("new")}>
          {words.new}
        </button>
      }
    >
      {webhooks.items.length > 0 && (
        <Table
          caption={texts.settings.webhooks}
          rows={webhooks.items}
          id={(one) => one.id}
          columns={[
            { title: texts.campaigns.id, cell: (one) => <Name of={one.id} /> },
            { title: words.url, cell: (one) => <Name of={one.url} /> },
            { title: words.events, cell: (one) => <span class="small">{one.events.includes("*") ? words.all : one.events.join(", ")}</span> },
            { title: words.state, cell: (one) => <Badge of={one.active ? texts.setUp.active : texts.setUp.inactive} tone={one.active ? "good" : "quiet"} /> },
            {
              title: texts.campaigns.list.actions,
              cell: (one) => (
                <span class="actions">
                  <button type="button" onClick={() => setLooking(one)} aria-label={`${words.deliveries}: ${one.id}`}>
                    {words.deliveries}
                  </button>
                  <button type="button" onClick={() => setEditing(one)} aria-label={`${texts.edit}: ${one.id}`}>
                    {texts.edit}
                  </button>
                </span>
              ),
            },
          ]}
        />
      )}
      <ListEnd of={webhooks} empty={words.none} />
      {editing && <Edit webhook={editing === "new" ? undefined : editing} close={() => setEditing(undefined)} done={webhooks.reload} />}
      {looking && <Deliveries of={looking} close={() => setLooking(undefined)} />}
    </Card>
  );
}

function Edit({ webhook, close, done }: { webhook: WebhookResponse | undefined; close: () => void; done: () => void }) {
  const { client } = useSession();
  const [id, setId] = useState(webhook?.id ?? "");
  const [url, setUrl] = useState(webhook?.url ?? "https://");
  const [events, setEvents] = useState((webhook?.events ?? ["*"]).join(", "));
  const [active, setActive] = useState(webhook?.active ?? true);
  const [problem, setProblem] = useState<Refusal>();
  const [secret, setSecret] = useState<string | null>();
  const params = { path: { id: id.trim() } };
  const wrong = (field: string) => (problem?.fields ?? []).filter((one) => one.field === field || one.field.startsWith(`${field}.`)).map((one) => one.message);
  const save = async (event: Event) => {
    event.preventDefault();
    setProblem(undefined);
    try {
      const types = events.split(",").map((one) => one.trim()).filter(Boolean) as EventType[];
      const made = (await ask(client.PUT("/webhooks/{id}", { params, body: { url: url.trim(), events: types, active } }))).data;
      done();
      made.secret ? setSecret(made.secret) : close();
    } catch (error) {
      setProblem(asRefusal(error));
    }
  };
  const remove = async () => {
    try {
      await ask(client.DELETE("/webhooks/{id}", { params }));
      done();
      close();
    } catch (error) {
      setProblem(asRefusal(error));
    }
  };
  return (
    <Dialog title={webhook?.id ?? words.new} onClose={close}>
      {secret ? (
        <div class="stack">
          <p class="note warn" role="status">
            {texts.keys.once}
          </p>
          <TextField label={texts.keys.secret} value={secret} onChange={() => undefined} input={{ readOnly: true, dir: "ltr", class: "id", onFocus: (event) => event.currentTarget.select() }} />
          <button type="button" onClick={close}>
            {texts.close}
          </button>
        </div>
      ) : (
        <form class="stack" onSubmit={save}>
          <Problem problem={problem} />
          {!webhook && <TextField label={texts.campaigns.id} value={id} onChange={setId} problems={problemsAt(problem?.fields ?? [], "id")} />}
          <TextField label={words.url} value={url} onChange={setUrl} problems={wrong("url")} input={{ dir: "ltr", inputMode: "url" }} />
          <Field label={words.events} help={words.eventsHelp} problems={wrong("events")}>
            {(attributes) => <textarea {...attributes} value={events} onInput={(event) => setEvents(event.currentTarget.value)} />}
          </Field>
          <CheckField label={words.active} checked={active} onChange={setActive} />
          <p class="actions">
            <button type="submit" class="first" disabled={!id.trim()}>
              {texts.save}
            </button>
            {webhook && (
              <button type="button" onClick={remove}>
                {texts.campaigns.delete}
              </button>
            )}
          </p>
        </form>
      )}
    </Dialog>
  );
}

function Deliveries({ of, close }: { of: WebhookResponse; close: () => void }) {
  const { client } = useSession();
  const deliveries = useList(
    (cursor) => ask(client.GET("/webhooks/{id}/deliveries", { params: { path: { id: of.id }, query: { limit: 50, ...(cursor ? { cursor } : {}) } } })),
    [of.id],
  );
  return (
    <Dialog title={`${words.deliveries}: ${of.id}`} onClose={close} wide>
      <SendTest of={of} tried={deliveries.reload} />
      {deliveries.items.length > 0 && (
        <Table
          caption={words.deliveries}
          rows={deliveries.items}
          id={(one) => `${one.message_id} ${one.attempt}`}
          columns={[
            { title: words.at, cell: (one) => <When at={one.at} /> },
            { title: words.type, cell: (one) => one.type },
            { title: words.attempt, number: true, cell: (one) => one.attempt },
            {
              title: words.answer,
              cell: (one) => (
                <>
                  <Badge of={one.delivered ? words.delivered : words.failed} tone={one.delivered ? "good" : "bad"} /> {one.status} <bdi class="small">{one.error}</bdi>
                </>
              ),
            },
            { title: words.next, cell: (one) => (one.next_attempt_at ? <When at={one.next_attempt_at} /> : <span class="quiet">{texts.none}</span>) },
          ]}
        />
      )}
      <ListEnd of={deliveries} empty={words.noDeliveries} />
    </Dialog>
  );
}

const MOST_MS = 30_000;
const POLL_MS = 800;

/** One message to see whether it arrives: sent, and looked for in the deliveries until it has been tried. */
function SendTest({ of, tried }: { of: WebhookResponse; tried: () => void }) {
  const { client } = useSession();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Refusal>();
  const [result, setResult] = useState<DeliveryResponse | "late">();
  const isHere = useRef(true);
  useEffect(() => () => void (isHere.current = false), []);
  const params = { path: { id: of.id } };
  const send = async () => {
    setBusy(true);
    setProblem(undefined);
    setResult(undefined);
    try {
      const { message_id: message } = (await ask(client.POST("/webhooks/{id}/test", { params }))).data;
      let found: DeliveryResponse | undefined;
      for (const until = Date.now() + MOST_MS; !found && isHere.current && Date.now() < until; ) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        const page = await ask(client.GET("/webhooks/{id}/deliveries", { params: { ...params, query: { limit: 25 } } }));
        found = page.data.find((one) => one.message_id === message);
      }
      setResult(found ?? "late");
      tried();
    } catch (error) {
      setProblem(asRefusal(error));
    }
    setBusy(false);
  };
  return (
    <div class="stack send-test">
      <p class="actions">
        <button type="button" onClick={send} disabled={busy}>
          {busy ? words.testing : words.test}
        </button>
        <span class="quiet small">{words.testAbout}</span>
      </p>
      <Problem problem={problem} />
      {result && (
        <p class={`note ${result !== "late" && result.delivered ? "good" : "warn"}`} role="status">
          {result === "late" ? words.late : result.delivered ? words.arrived(String(result.status)) : words.refused(result.error ?? String(result.status))}
        </p>
      )}
    </div>
  );
}
