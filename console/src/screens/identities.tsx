/** By what a guest is known, and who was merged into them. */

import { useState } from "preact/hooks";
import type { CustomerResponse, UnmergedResponse } from "earnest-client";

import { ask, may, type Refusal } from "../api";
import { inline } from "../format";
import { asRefusal, useSession } from "../hooks";
import { nameOf, useProgram } from "../names";
import { link } from "../router";
import { texts } from "../texts";
import { Amount, Card, Dialog, Empty, Name, Problem, problemsAt, TextField } from "../ui/parts";

export function Identities({ customer, reload }: { customer: CustomerResponse; reload: () => void }) {
  const session = useSession();
  const [splitting, setSplitting] = useState<string>();
  const known = { ...customer.tags, ...customer.attributes };
  return (
    <>
      <Card title={texts.guest.alsoKnown}>
        <ul class="stack">
          <li>
            <Name of={customer.customer_id} /> <span class="quiet">{texts.guest.mainId}</span>
          </li>
          {customer.aliases.map((alias) => (
            <li class="actions">
              <Name of={alias} /> <span class="quiet">{texts.guest.mergedId}</span>
              {may(session, "admin") && (
                <button type="button" onClick={() => setSplitting(alias)}>
                  {texts.guest.unmerge}
                </button>
              )}
            </li>
          ))}
          {customer.email && (
            <li>
              <Name of={customer.email} /> <span class="quiet">{texts.guest.email}</span>
            </li>
          )}
          {customer.mobile && (
            <li>
              <Name of={customer.mobile} /> <span class="quiet">{texts.guest.mobile}</span>
            </li>
          )}
        </ul>
      </Card>
      <Card title={texts.guest.attributes}>
        {Object.keys(known).length === 0 ? (
          <Empty>{texts.guest.noAttributes}</Empty>
        ) : (
          <dl class="pairs">
            {Object.entries(known).map(([name, value]) => (
              <>
                <dt>
                  <Name of={name} />
                </dt>
                <dd>
                  <bdi>{inline(value, 400)}</bdi>
                </dd>
              </>
            ))}
          </dl>
        )}
      </Card>
      {splitting !== undefined && <Unmerge into={customer.customer_id} alias={splitting} close={() => setSplitting(undefined)} done={reload} />}
    </>
  );
}

function Unmerge({ into, alias, close, done }: { into: string; alias: string; close: () => void; done: () => void }) {
  const { client } = useSession();
  const { rewards } = useProgram();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Refusal>();
  const [result, setResult] = useState<UnmergedResponse>();
  const split = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      setResult((await ask(client.POST("/customers/{id}/unmerge", { params: { path: { id: into } }, body: { customer_id: alias, reason } }))).data);
    } catch (error) {
      setProblem(asRefusal(error));
    }
    setBusy(false);
  };
  const end = () => (result ? done() : undefined, close());
  return (
    <Dialog title={`${texts.action.names.unmerge}: ${alias}`} onClose={end}>
      {result ? (
        <div class="stack">
          <p class="note good" role="status">
            {texts.unmerge.done(alias)} {result.returned.length === 0 ? texts.unmerge.nothing : texts.unmerge.returned}
          </p>
          <ul>
            {result.returned.map((one) => (
              <li>
                <Amount value={one.amount} /> <Name of={nameOf(rewards, one.reward_id)} />
              </li>
            ))}
          </ul>
          <p class="actions">
            <a class="button" href={link("guest", alias)} onClick={end}>
              <bdi>{alias}</bdi>
            </a>
            <button type="button" onClick={end}>
              {texts.close}
            </button>
          </p>
        </div>
      ) : (
        <form class="stack" onSubmit={split}>
          <p>{texts.unmerge.about(alias)}</p>
          <Problem problem={problem} />
          <TextField label={texts.action.reason} help={texts.action.reasonHelp} value={reason} onChange={setReason} problems={problemsAt(problem?.fields ?? [], "reason")} />
          <button type="submit" class="first danger" disabled={busy || !reason.trim()}>
            {texts.unmerge.submit}
          </button>
        </form>
      )}
    </Dialog>
  );
}
