/** Who changed which setting, and what it was before. */

import type { AuditResponse } from "earnest-client";

import { ask } from "../api";
import { inline } from "../format";
import { useList, useLoaded, useSession } from "../hooks";
import { texts } from "../texts";
import { Badge, Card, ListEnd, Name, When } from "../ui/parts";

export function Audit() {
  const { client } = useSession();
  const changes = useList((cursor) => ask(client.GET("/audit", { params: { query: { limit: 25, ...(cursor ? { cursor } : {}) } } })), []);
  return (
    <Card title={texts.audit.title}>
      {changes.items.length > 0 && <Changes of={changes.items} />}
      <ListEnd of={changes} empty={texts.audit.none} />
    </Card>
  );
}

export function Changes({ of }: { of: readonly AuditResponse[] }) {
  const session = useSession();
  const keys = useLoaded(async () => (await ask(session.client.GET("/keys", { params: { query: { limit: 100 } } }))).data, []);
  const nameOf = (id: string | null) => (id === null ? texts.audit.commandLine : (keys.data?.find((one) => one.id === id)?.name ?? id));
  return (
    <ol class="timeline">
      {of.map((one) => (
        <li key={`${one.version} ${one.kind} ${one.id}`}>
          <p class="quiet small at">
            <When at={one.at} />
          </p>
          <div>
            <p class="head">
              <strong>{texts.audit.kinds[one.kind] ?? one.kind}</strong> <Name of={one.id} />
              <Badge of={one.before === null ? texts.audit.made : one.after === null ? texts.audit.deleted : texts.audit.changed} tone={one.before === null ? "good" : one.after === null ? "bad" : "info"} />
              <span class="quiet">
                {texts.audit.by} <Name of={nameOf(one.key_id)} />
              </span>
            </p>
            <Fields of={one} />
          </div>
        </li>
      ))}
    </ol>
  );
}

function Fields({ of: { before, after } }: { of: AuditResponse }) {
  if (!before || !after) {
    return null;
  }
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return (
    <ul class="small">
      {changed.map((name) => (
        <li>
          <code>{name}</code> <bdi class="down">{inline(before[name])}</bdi> → <bdi class="up">{inline(after[name])}</bdi>
        </li>
      ))}
    </ul>
  );
}
