/** Things that are set up by an id of their own and a form of the schema: rewards and config offers. */

import { useState } from "preact/hooks";
import type { ConfigOfferSettings, RewardSettings } from "earnest-client";

import schemaOfFiles from "../../../docs/campaign.schema.json";
import { ask, type Refusal } from "../api";
import { asRefusal, useList, useSession } from "../hooks";
import { forgetProgram } from "../names";
import { texts } from "../texts";
import { Badge, Card, Dialog, ListEnd, Name, Problem, problemsAt, Table, TextField } from "../ui/parts";
import { type Schema, SchemaField } from "../ui/schema_form";

const SCHEMA = schemaOfFiles as unknown as { oneOf: Schema[]; $defs: Record<string, Schema> };

type Kind = "reward" | "config_offer";
type Thing = { id: string; name: string } & Record<string, unknown>;

export function SetUp({ kind }: { kind: Kind }) {
  const { client } = useSession();
  const [editing, setEditing] = useState<Thing | "new">();
  const words = texts.setUp[kind];
  const things = useList<Thing>((cursor) => {
    const query = { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } };
    return kind === "reward" ? ask(client.GET("/rewards", query)) : ask(client.GET("/config-offers", query));
  }, [kind]);
  return (
    <Card
      title={words.title}
      actions={
        <button type="button" onClick={() => setEditing("new")}>
          {words.new}
        </button>
      }
    >
      {things.items.length > 0 && (
        <Table
          caption={words.title}
          rows={things.items}
          id={(one) => one.id}
          columns={[
            { title: texts.fields["name"]!, cell: (one) => <Name of={one.name} /> },
            { title: texts.campaigns.id, cell: (one) => <Name of={one.id} /> },
            {
              title: texts.setUp.about,
              cell: (one) =>
                kind === "reward" ? (
                  <>
                    <Badge of={String(one["type"])} /> {one["allow_negative"] === false && <Badge of={texts.setUp.noDebt} />}
                  </>
                ) : (
                  <Badge of={one["active"] ? texts.setUp.active : texts.setUp.inactive} tone={one["active"] ? "good" : "quiet"} />
                ),
            },
            {
              title: texts.campaigns.list.actions,
              cell: (one) => (
                <button type="button" onClick={() => setEditing(one)} aria-label={`${texts.edit}: ${one.name}`}>
                  {texts.edit}
                </button>
              ),
            },
          ]}
        />
      )}
      <ListEnd of={things} empty={words.none} />
      {editing && <Edit kind={kind} thing={editing === "new" ? undefined : editing} close={() => setEditing(undefined)} done={things.reload} />}
    </Card>
  );
}

function Edit({ kind, thing, close, done }: { kind: Kind; thing: Thing | undefined; close: () => void; done: () => void }) {
  const session = useSession();
  const { client } = session;
  const [id, setId] = useState(thing?.id ?? "");
  const [value, setValue] = useState<Record<string, unknown>>(() => {
    const { id: _, ...rest } = thing ?? { id: "", name: "" };
    return Object.fromEntries(Object.entries(rest).filter(([, one]) => one !== null));
  });
  const [problem, setProblem] = useState<Refusal>();
  const act = async (what: "save" | "delete", event?: Event) => {
    event?.preventDefault();
    setProblem(undefined);
    const params = { path: { id: id.trim() } };
    try {
      if (kind === "reward") {
        await (what === "save" ? ask(client.PUT("/rewards/{id}", { params, body: value as unknown as RewardSettings })) : ask(client.DELETE("/rewards/{id}", { params })));
      } else {
        await (what === "save" ? ask(client.PUT("/config-offers/{id}", { params, body: value as unknown as ConfigOfferSettings })) : ask(client.DELETE("/config-offers/{id}", { params })));
      }
      forgetProgram(session);
      done();
      close();
    } catch (error) {
      setProblem(asRefusal(error));
    }
  };
  const words = texts.setUp[kind];
  return (
    <Dialog title={thing?.name ?? words.new} onClose={close}>
      <form class="stack" onSubmit={(event) => act("save", event)}>
        <Problem problem={problem} />
        {!thing && <TextField label={texts.campaigns.id} help={texts.campaigns.idHelp} value={id} onChange={setId} problems={problemsAt(problem?.fields ?? [], "id")} />}
        <SchemaField
          schema={SCHEMA.oneOf.find((one) => one.title === kind)!}
          path=""
          name={kind}
          value={value}
          onChange={(next) => setValue(next as Record<string, unknown>)}
          context={{ definitions: SCHEMA.$defs, problems: problem?.fields ?? [], suggestions: {} }}
        />
        <p class="actions">
          <button type="submit" class="first" disabled={!id.trim()}>
            {texts.save}
          </button>
          {thing && (
            <button type="button" onClick={() => act("delete")}>
              {texts.campaigns.delete}
            </button>
          )}
        </p>
      </form>
    </Dialog>
  );
}
