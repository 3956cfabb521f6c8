/** Campaigns: what runs, what is left of it, and the editor. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Campaign, CampaignResponse, PointsReportResponse, WarningResponse } from "earnest-client";
import { stringify } from "yaml";

import schemaOfFiles from "../../../docs/campaign.schema.json";
import { ask, type Refusal } from "../api";
import { amount, brandNow, today } from "../format";
import { asRefusal, useList, useLoaded, useSession } from "../hooks";
import { forgetProgram, nameOf, useProgram } from "../names";
import { go, link } from "../router";
import { texts } from "../texts";
import { Sparkline } from "../ui/chart";
import { Badge, Card, Dialog, Field, ListEnd, Name, Problem, problemsAt, Screen, Show, Table, TextField, When } from "../ui/parts";
import { type FormContext, type Schema, SchemaField } from "../ui/schema_form";
import { SEEN_FIELDS } from "../seen_fields";
import { asked, periodsOf, total } from "./report";
import { Trial, type TrialOf } from "./trial";

type Written = Omit<Campaign, "rules"> & Record<string, unknown>;

const SCHEMA = schemaOfFiles as unknown as { oneOf: Schema[]; $defs: Record<string, Schema> };
const OF_CAMPAIGN = SCHEMA.oneOf.find((one) => one.title === "campaign")!;

export function CampaignsScreen({ place }: { place: string[] }) {
  const [id, tab] = place;
  if (id === undefined) {
    return <CampaignList />;
  }
  return <OneCampaign key={id} id={id} tab={tab ?? "edit"} />;
}

/** A campaign as it is written, without what the API adds. */
function written(campaign: CampaignResponse): Written {
  const { id: _, ...rest } = campaign;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)) as Written;
}

type State = "running" | "paused" | "upcoming" | "over";
const TONES = { running: "good", paused: "quiet", upcoming: "info", over: "warn" } as const;

export function stateOf(campaign: CampaignResponse): State {
  const { status, start_date: start, end_date: end } = campaign as CampaignResponse & { status?: string; start_date?: string; end_date?: string };
  const now = (at: string) => (at.length === 10 ? today() : new Date(brandNow()).toISOString());
  if (status === "PAUSED") {
    return "paused";
  }
  return start && start > now(start) ? "upcoming" : end && end < now(end) ? "over" : "running";
}

export function StateBadge({ of }: { of: CampaignResponse }) {
  const state = stateOf(of);
  return <Badge of={texts.campaigns.states[state]} tone={TONES[state]} />;
}

function CampaignList() {
  const { client } = useSession();
  const campaigns = useList((cursor) => ask(client.GET("/campaigns", { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })), []);
  const report = useLoaded(async () => (await ask(client.GET("/reports/points", { params: { query: asked("30") } }))).data, []);
  const titles = texts.campaigns.list;
  return (
    <Screen
      title={texts.sections.campaigns}
      actions={
        <a class="button first" href={link("campaigns", "-", "new")}>
          {texts.campaigns.new}
        </a>
      }
    >
      <Card>
        <Problem problem={report.problem} retry={report.reload} />
        {campaigns.items.length > 0 && (
          <Table
            caption={texts.sections.campaigns}
            rows={campaigns.items}
            id={(one) => one.id}
            columns={[
              {
                title: titles.name,
                cell: (one) => (
                  <>
                    <Name of={one.name} link={link("campaigns", one.id)} />
                    <br />
                    <span class="small quiet">
                      <bdi>{one.id}</bdi>
                    </span>
                  </>
                ),
              },
              { title: titles.state, cell: (one) => <StateBadge of={one} /> },
              { title: titles.trigger, cell: (one) => <Name of={String(one["trigger"])} /> },
              { title: titles.dates, cell: (one) => <Dates of={one} /> },
              { title: titles.moved, cell: (one) => <Moved id={one.id} report={report.data} /> },
              { title: titles.left, number: true, cell: (one) => <Left of={one} /> },
              { title: titles.actions, cell: (one) => <Switch of={one} done={campaigns.reload} /> },
            ]}
          />
        )}
        <ListEnd of={campaigns} empty={texts.campaigns.none} />
      </Card>
    </Screen>
  );
}

function Dates({ of }: { of: CampaignResponse }) {
  const [start, end] = [of["start_date"], of["end_date"]] as (string | undefined | null)[];
  if (!start && !end) {
    return <span class="quiet">{texts.campaigns.always}</span>;
  }
  return (
    <>
      {start ? <When at={start} /> : "…"} – {end ? <When at={end} /> : "…"}
    </>
  );
}

/** What the points of a campaign have done in the last 30 days, by reward. */
function Moved({ id, report }: { id: string; report: PointsReportResponse | undefined }) {
  const { rewards } = useProgram();
  if (!report) {
    return <span class="quiet">…</span>;
  }
  const mine = report.campaigns.filter((one) => one.campaign_id === id);
  if (mine.length === 0) {
    return <span class="quiet">{texts.campaigns.nothingMoved}</span>;
  }
  const { from, to } = asked("30");
  const days = periodsOf(from, to, "day");
  return (
    <>
      {mine.map((one) => {
        const [granted, redeemed] = (["granted", "redeemed"] as const).map((name) => days.map((day) => one.periods.find((period) => period.period === day)?.[name] ?? 0)) as [number[], number[]];
        const label = texts.campaigns.moved(amount(total(granted)), amount(total(redeemed)), nameOf(rewards, one.reward_id));
        return (
          <div class="moved" key={one.reward_id}>
            <Sparkline
              label={label}
              series={[
                { title: texts.report.granted, values: granted, tone: "accent" as const },
                { title: texts.report.redeemed, values: redeemed, tone: "info" as const },
              ].filter((line) => line.values.some(Boolean))}
            />
            <span class="small quiet">
              <bdi>{label}</bdi>
            </span>
          </div>
        );
      })}
    </>
  );
}

/** What is left of a budget or of the times, where there is such a limit. */
export function Left({ of }: { of: CampaignResponse }) {
  const { client } = useSession();
  const limits = of["limits"] as { budget?: number | null; per_campaign?: { times: number } | null } | null | undefined;
  const isLimited = Boolean(limits?.budget || limits?.per_campaign);
  const left = useLoaded(async () => (isLimited ? (await ask(client.GET("/campaigns/{id}", { params: { path: { id: of.id } } }))).left : null), [of.id, JSON.stringify(limits)]);
  if (!isLimited) {
    return <span class="quiet">{texts.campaigns.unlimited}</span>;
  }
  if (!left.data) {
    return left.problem ? <span class="down">?</span> : <span class="quiet">…</span>;
  }
  const { budget, times } = left.data;
  return (
    <>
      {limits?.budget && budget !== null && <Meter left={budget} of={limits.budget} />}
      {limits?.per_campaign && times !== null && <span>{texts.campaigns.times(amount(times), amount(limits.per_campaign.times))}</span>}
    </>
  );
}

function Meter({ left, of }: { left: number; of: number }) {
  const label = texts.campaigns.ofBudget(amount(left), amount(of));
  return (
    <span class="meter-of">
      <span>{label}</span>
      <meter min={0} max={of} low={of * 0.1} optimum={of} value={Math.max(0, left)} aria-label={label} />
    </span>
  );
}

function Switch({ of, done }: { of: CampaignResponse; done: () => void }) {
  const session = useSession();
  const [problem, setProblem] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const isPaused = of["status"] === "PAUSED";
  const change = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const body = { ...written(of), status: isPaused ? "RUNNING" : "PAUSED" } as unknown as Campaign;
      await ask(session.client.PUT("/campaigns/{id}", { params: { path: { id: of.id } }, body }));
      forgetProgram(session);
      done();
    } catch (error) {
      setProblem(asRefusal(error));
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" onClick={change} disabled={busy} aria-label={`${isPaused ? texts.campaigns.activate : texts.campaigns.pause}: ${of.name}`}>
        {isPaused ? texts.campaigns.activate : texts.campaigns.pause}
      </button>
      <Problem problem={problem} />
    </>
  );
}

const withReward = (reward: string) => [{ effects: [{ reward_id: reward, amount: 1, per: { field: "order.value", every: 1 } }] }];
const NEW: Written = { name: "", trigger: "PURCHASE", status: "PAUSED", rules: withReward("") };

function OneCampaign({ id, tab }: { id: string; tab: string }) {
  const session = useSession();
  const { client } = session;
  const isNew = tab === "new";
  const stored = useLoaded(async () => (isNew ? null : await ask(client.GET("/campaigns/{id}", { params: { path: { id } } }))), [id, isNew]);
  const [deleting, setDeleting] = useState(false);
  const found = stored.data?.data;
  return (
    <Screen
      title={isNew ? texts.campaigns.new : (found?.name ?? id)}
      about={
        found && (
          <>
            <StateBadge of={found} />
            <bdi>{found.id}</bdi>
            <Left of={found} />
          </>
        )
      }
      actions={
        found && (
          <>
            <Switch of={found} done={stored.reload} />
            <CopyYaml of={found} />
            <button type="button" onClick={() => setDeleting(true)}>
              {texts.campaigns.delete}…
            </button>
          </>
        )
      }
    >
      <Show of={stored}>
        {(loaded) => (
          <>
            {loaded && loaded.problems.length > 0 && (
              <div class="note warn">
                <p>{texts.campaigns.unreadable}</p>
                <ul>
                  {loaded.problems.map((one) => (
                    <li>
                      <code>{one.field}</code> {one.message}
                    </li>
                  ))}
                </ul>
              </div>
            )}
            <Editor
              key={JSON.stringify(found?.["status"])}
              id={isNew ? undefined : id}
              campaign={found ? written(found) : NEW}
              trying={tab === "try"}
              saved={(saved) => (isNew ? go("campaigns", saved) : stored.reload())}
            />
          </>
        )}
      </Show>
      {deleting && found && <Delete campaign={found} close={() => setDeleting(false)} />}
    </Screen>
  );
}

/** Where conditions look: what requests are known to have, and what the last events of the brand's guests did have. */
const FIELDS = [
  "order.value", "order.discounted_value", "order.purchase_id", "order.store_id", "order.channel_id", "order.payment_method", "order.products.sku", "order.products.amount", "order.products.value",
  "order.products.tags", "order.metadata", "order.shipping.value", "product.sku", "platform", "referral_code", "metadata", "tags", "issued_at", "customer.tags.vip", "customer.attributes.tier", "customer.email", "sku", "amount", "value",
];
const FOCUS_MS = 100;
const ALWAYS = new Set(["start_date", "end_date", "limits", "limits.budget"]);

let triedLast: TrialOf = { guest: "", last: "10", anyTime: true };

function Editor(props: { id: string | undefined; campaign: Written; trying: boolean; saved: (id: string) => void }) {
  const session = useSession();
  const program = useProgram();
  const [id, setId] = useState(props.id ?? "");
  const [value, setValue] = useState<Written>(props.campaign);
  const firstReward = program.rewards.find((one) => one.type === "POINTS") ?? program.rewards[0];
  useEffect(() => {
    if (!props.id) {
      document.querySelector<HTMLElement>('[data-at="name"] input')?.focus();
    }
  }, []);
  useEffect(() => {
    // Most brands have points of one kind.
    if (!props.id && firstReward) {
      setValue((now) => (JSON.stringify(now["rules"]) === JSON.stringify(NEW["rules"]) ? { ...now, rules: withReward(firstReward.id) } : now));
    }
  }, [firstReward?.id]);
  const [problem, setProblem] = useState<Refusal>();
  const [warnings, setWarnings] = useState<readonly WarningResponse[]>();
  const [busy, setBusy] = useState(false);
  const [trying, setTrying] = useState(false);
  const [tried, setTried] = useState(triedLast);
  useEffect(() => {
    if (props.trying) {
      setTrying(true);
    }
  }, [props.trying]);
  const endTrial = () => {
    setTrying(false);
    if (props.trying && props.id) {
      location.replace(link("campaigns", props.id));
    }
  };
  const target = props.id ?? (id.trim() || slug(value.name));
  const wrong = (refused: Refusal) => {
    setProblem(refused);
    // A dialog that closes gives the focus back first.
    setTimeout(() => document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus(), FOCUS_MS);
  };
  const context: FormContext = useMemo(
    () => ({
      definitions: SCHEMA.$defs,
      problems: problem?.fields ?? [],
      always: ALWAYS,
      suggestions: { field: "known-fields", of: "known-fields", reward_id: "known-rewards", offer: "known-offers", any_item: "known-lists", trigger: "known-types" },
    }),
    [problem],
  );
  const save = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    setWarnings(undefined);
    try {
      const answer = await ask(session.client.PUT("/campaigns/{id}", { params: { path: { id: target } }, body: value as unknown as Campaign }));
      setWarnings(answer.warnings);
      forgetProgram(session);
      props.saved(target);
    } catch (error) {
      wrong(asRefusal(error));
    }
    setBusy(false);
  };
  const lists: [string, string[]][] = [
    ["known-fields", [...new Set([...FIELDS, ...SEEN_FIELDS])]],
    ["known-rewards", program.rewards.map((one) => one.id)],
    ["known-offers", program.configOffers.map((one) => one.id)],
    ["known-lists", ["order.products", "order.products.redeem", "redeem", "metadata.products"]],
    ["known-types", [...new Set(["PURCHASE", "REGISTRATION", ...program.campaigns.map((one) => String(one["trigger"]))])]],
  ];
  return (
    <>
    <form class="editor" onSubmit={save}>
      <Card>
        {!props.id && (
          <TextField label={texts.campaigns.id} help={texts.campaigns.idHelp} value={id} onChange={setId} problems={problemsAt(problem?.fields ?? [], "id")} input={{ placeholder: slug(value.name) }} />
        )}
        <SchemaField schema={OF_CAMPAIGN} path="" name="campaign" value={value} onChange={(next) => setValue(next as Written)} context={context} />
      </Card>
      {lists.map(([list, options]) => (
        <datalist id={list}>
          {options.map((one) => (
            <option value={one} />
          ))}
        </datalist>
      ))}
      <div class="save">
        <Problem problem={problem} />
        {warnings && (
          <div class={`note ${warnings.length > 0 ? "warn" : "good"}`} role="status">
            <p>{texts.saved}</p>
            {warnings.map((one) => (
              <p>
                <code>{one.field}</code> {one.message}
              </p>
            ))}
          </div>
        )}
        <p class="actions">
          <button type="submit" class="first" disabled={busy}>
            {texts.save}
          </button>
          <button type="button" onClick={() => (setProblem(undefined), setTrying(true))}>
            {texts.trial.button}
          </button>
        </p>
      </div>
    </form>
    {trying && <Trial id={target} campaign={value} of={tried} change={(of) => ((triedLast = of), setTried(of))} wrong={wrong} close={endTrial} />}
    </>
  );
}

function slug(name: string): string {
  return name.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "new-campaign";
}

function CopyYaml({ of }: { of: CampaignResponse }) {
  const [open, setOpen] = useState(false);
  const [copied, setCopied] = useState(false);
  const text = stringify({ kind: "campaign", id: of.id, ...written(of) });
  return (
    <>
      <button type="button" onClick={() => (setOpen(true), setCopied(false))}>
        YAML
      </button>
      {open && (
        <Dialog title={texts.campaigns.yaml} onClose={() => setOpen(false)} wide>
          <div class="stack">
            <p class="quiet">{texts.campaigns.yamlAbout}</p>
            <Field label={texts.campaigns.file(of.id)}>{(attributes) => <textarea class="code" readOnly {...attributes} value={text} onFocus={(event) => event.currentTarget.select()} />}</Field>
            <button type="button" class="first" onClick={() => navigator.clipboard?.writeText(text).then(() => setCopied(true), () => undefined)}>
              {copied ? texts.campaigns.copied : texts.campaigns.copy}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Delete({ campaign, close }: { campaign: CampaignResponse; close: () => void }) {
  const session = useSession();
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<Refusal>();
  const remove = async (event: Event) => {
    event.preventDefault();
    try {
      await ask(session.client.DELETE("/campaigns/{id}", { params: { path: { id: campaign.id } } }));
      forgetProgram(session);
      go("campaigns");
    } catch (error) {
      setProblem(asRefusal(error));
    }
  };
  return (
    <Dialog title={`${texts.campaigns.delete}: ${campaign.name}`} onClose={close}>
      <form class="stack" onSubmit={remove}>
        <p>{texts.campaigns.deleteAbout}</p>
        <Problem problem={problem} />
        <TextField label={texts.campaigns.confirm(campaign.id)} value={typed} onChange={setTyped} />
        <button type="submit" class="first danger" disabled={typed !== campaign.id}>
          {texts.campaigns.delete}
        </button>
      </form>
    </Dialog>
  );
}
