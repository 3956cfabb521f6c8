/** The brand, its rewards, its keys, and who changed what. */

import { useState } from "preact/hooks";
import type { ApiKeyResponse, BrandResponse, BrandSettings } from "earnest-client";

import { ask, type Refusal, type Scope } from "../api";
import { setTimeZone } from "../format";
import { asRefusal, useList, useLoaded, useSession } from "../hooks";
import { useProgram } from "../names";
import { link } from "../router";
import { texts } from "../texts";
import { Badge, Card, CheckField, Dialog, ListEnd, Name, Problem, problemsAt, Screen, SelectField, Show, Table, Tabs, TextField, When } from "../ui/parts";
import { Audit } from "./audit";
import { SetUp } from "./set_up";
import { TestClock } from "./test_clock";
import { Webhooks } from "./webhooks";

const TABS = ["brand", "rewards", "keys", "webhooks", "clock", "audit"] as const;
const SCOPES: readonly Scope[] = ["customers:read", "events:write", "offers:write", "admin"];

export function SettingsScreen({ place }: { place: string[] }) {
  const { sandbox } = useSession();
  // A live brand has real time.
  const tabs = TABS.filter((one) => one !== "clock" || sandbox);
  const tab = tabs.find((one) => one === place[0]) ?? "brand";
  return (
    <Screen title={texts.sections.settings}>
      <Tabs label={texts.settings.tabs} tabs={tabs.map((one) => [texts.settings[one], link("settings", one), one === tab] as const)} />
      {tab === "rewards" ? <SetUp kind="reward" /> : tab === "keys" ? <Keys /> : tab === "webhooks" ? <Webhooks /> : tab === "clock" ? <TestClock /> : tab === "audit" ? <Audit /> : <Brand />}
    </Screen>
  );
}

function Brand() {
  const { client } = useSession();
  const brand = useLoaded(async () => (await ask(client.GET("/brand"))).data, []);
  return <Show of={brand}>{(found) => <BrandForm brand={found} />}</Show>;
}

type Form = Pick<BrandResponse, "name" | "enabled" | "time_zone" | "channel_merging" | "purchase_ids"> & { default_region: string; default_reward: string };

function formOf(brand: BrandResponse): Form {
  const { name, enabled, time_zone, channel_merging, purchase_ids, default_region, default_reward } = brand;
  return { name, enabled, time_zone, channel_merging, purchase_ids, default_region: default_region ?? "", default_reward: default_reward ?? "" };
}

function BrandForm({ brand }: { brand: BrandResponse }) {
  const { client } = useSession();
  const { rewards } = useProgram();
  const [stored, setStored] = useState(() => formOf(brand));
  const [form, setForm] = useState(stored);
  const [problem, setProblem] = useState<Refusal>();
  const [saved, setSaved] = useState(false);
  const change = (changed: Partial<Form>) => (setSaved(false), setForm((now) => ({ ...now, ...changed })));
  const wrong = (field: string) => problemsAt(problem?.fields ?? [], field);
  const changed = (Object.keys(form) as (keyof Form)[]).filter((name) => form[name] !== stored[name]);
  const save = async (event: Event) => {
    event.preventDefault();
    setProblem(undefined);
    try {
      // What is not named stays, so somebody else's change of another setting does too.
      const body = Object.fromEntries(changed.map((name) => [name, form[name] === "" && name.startsWith("default_") ? null : form[name]])) as BrandSettings;
      const now = formOf((await ask(client.PUT("/brand", { body }))).data);
      setStored(now);
      setForm(now);
      setTimeZone(now.time_zone);
      setSaved(true);
    } catch (error) {
      setProblem(asRefusal(error));
    }
  };
  const words = texts.settings;
  return (
    <Card title={brand.brand_id} actions={brand.sandbox && <Badge of={texts.sandbox} tone="warn" />}>
      <form class="stack" onSubmit={save}>
        <Problem problem={problem} />
        <div class="fields">
          <TextField label={words.name} value={form.name} onChange={(name) => change({ name })} problems={wrong("name")} />
          <TextField label={words.timeZone} help={words.timeZoneHelp} value={form.time_zone} onChange={(time_zone) => change({ time_zone })} problems={wrong("time_zone")} list="time-zones" />
          <SelectField label={words.merging} help={words.mergingHelp} value={form.channel_merging} options={Object.entries(words.mergings)} onChange={(value) => change({ channel_merging: value as Form["channel_merging"] })} problems={wrong("channel_merging")} />
          <SelectField label={words.purchaseIds} help={words.purchaseIdsHelp} value={form.purchase_ids} options={Object.entries(words.purchases)} onChange={(value) => change({ purchase_ids: value as Form["purchase_ids"] })} problems={wrong("purchase_ids")} />
          <SelectField label={words.defaultReward} optional value={form.default_reward} options={[["", texts.none], ...rewards.map((one) => [one.id, one.name] as const)]} onChange={(default_reward) => change({ default_reward })} problems={wrong("default_reward")} />
          <TextField label={words.region} help={words.regionHelp} optional value={form.default_region} onChange={(default_region) => change({ default_region })} problems={wrong("default_region")} />
        </div>
        <CheckField label={words.enabled} help={words.enabledHelp} checked={form.enabled} onChange={(enabled) => change({ enabled })} />
        <datalist id="time-zones">
          {Intl.supportedValuesOf("timeZone").map((one) => (
            <option value={one} />
          ))}
        </datalist>
        <p class="actions">
          <button type="submit" class="first" disabled={changed.length === 0}>
            {texts.save}
          </button>
          {saved && <span role="status">{texts.saved}</span>}
        </p>
      </form>
    </Card>
  );
}

function Keys() {
  const session = useSession();
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKeyResponse>();
  const keys = useList((cursor) => ask(session.client.GET("/keys", { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })), []);
  const words = texts.keys;
  const isOver = (one: ApiKeyResponse) => one.expires_at !== null && Date.parse(one.expires_at) <= Date.now();
  return (
    <Card
      title={texts.settings.keys}
      actions={
        <button type="button" onClick={() => setMaking(true)}>
          {words.new}
        </button>
      }
    >
      {keys.items.length > 0 && (
        <Table
          caption={texts.settings.keys}
          rows={keys.items}
          id={(one) => one.id}
          columns={[
            {
              title: words.name,
              cell: (one) => (
                <>
                  <Name of={one.name} /> {one.id === session.keyId && <Badge of={words.yours} tone="info" />}
                </>
              ),
            },
            { title: words.scopes, cell: (one) => one.scopes.join(", ") },
            { title: words.state, cell: (one) => <Badge of={one.disabled ? words.revoked : isOver(one) ? words.expired : words.good} tone={one.disabled || isOver(one) ? "quiet" : "good"} /> },
            { title: words.created, cell: (one) => <When at={one.created_at} /> },
            { title: words.expires, cell: (one) => <When at={one.expires_at} /> },
            {
              title: texts.campaigns.list.actions,
              cell: (one) =>
                !one.disabled && (
                  <button type="button" onClick={() => setRevoking(one)} aria-label={`${words.revoke}: ${one.name}`}>
                    {words.revoke}
                  </button>
                ),
            },
          ]}
        />
      )}
      <ListEnd of={keys} empty={texts.none} />
      {making && <NewKey close={() => setMaking(false)} done={keys.reload} />}
      {revoking && <Revoke of={revoking} close={() => setRevoking(undefined)} done={keys.reload} />}
    </Card>
  );
}

function NewKey({ close, done }: { close: () => void; done: () => void }) {
  const { client } = useSession();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>([]);
  const [expires, setExpires] = useState("");
  const [problem, setProblem] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const [secret, setSecret] = useState<string>();
  const [copied, setCopied] = useState(false);
  const make = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      const made = await ask(client.POST("/keys", { body: { name, scopes, ...(expires ? { expires_at: `${expires}T00:00:00Z` } : {}) } }));
      setSecret(made.data.secret);
      done();
    } catch (error) {
      setProblem(asRefusal(error));
    }
    setBusy(false);
  };
  const words = texts.keys;
  return (
    <Dialog title={words.new} onClose={close}>
      {secret ? (
        <div class="stack">
          <p class="note warn" role="status">
            {words.once}
          </p>
          <TextField label={words.secret} value={secret} onChange={() => undefined} input={{ readOnly: true, dir: "ltr", class: "id", onFocus: (event) => event.currentTarget.select() }} />
          <p class="actions">
            <button type="button" class="first" onClick={() => navigator.clipboard?.writeText(secret).then(() => setCopied(true), () => undefined)}>
              {copied ? texts.campaigns.copied : texts.campaigns.copy}
            </button>
            <button type="button" onClick={close}>
              {texts.close}
            </button>
          </p>
        </div>
      ) : (
        <form class="stack" onSubmit={make}>
          <Problem problem={problem} />
          <TextField label={words.name} value={name} onChange={setName} problems={problemsAt(problem?.fields ?? [], "name")} />
          <fieldset class="stack">
            <legend>{words.scopes}</legend>
            {SCOPES.map((scope) => (
              <CheckField
                label={scope}
                help={words.scope[scope]}
                checked={scopes.includes(scope)}
                onChange={(checked) => setScopes((now) => SCOPES.filter((one) => (one === scope ? checked : now.includes(one))))}
              />
            ))}
          </fieldset>
          <TextField label={words.expires} optional type="date" value={expires} onChange={setExpires} problems={problemsAt(problem?.fields ?? [], "expires_at")} />
          <button type="submit" class="first" disabled={busy || !name.trim() || scopes.length === 0}>
            {words.make}
          </button>
        </form>
      )}
    </Dialog>
  );
}

function Revoke({ of, close, done }: { of: ApiKeyResponse; close: () => void; done: () => void }) {
  const session = useSession();
  const [problem, setProblem] = useState<Refusal>();
  const revoke = async (event: Event) => {
    event.preventDefault();
    try {
      await ask(session.client.DELETE("/keys/{id}", { params: { path: { id: of.id } } }));
      done();
      close();
    } catch (error) {
      setProblem(asRefusal(error));
    }
  };
  return (
    <Dialog title={`${texts.keys.revoke}: ${of.name}`} onClose={close}>
      <form class="stack" onSubmit={revoke}>
        <p>{of.id === session.keyId ? texts.keys.revokeYours : texts.keys.revokeAbout}</p>
        <Problem problem={problem} />
        <button type="submit" class="first danger">
          {texts.keys.revokeNow}
        </button>
      </form>
    </Dialog>
  );
}
