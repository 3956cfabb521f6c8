/** By what a guest is known, and who was merged into them. */

import { useState } from "preact/hooks";
import type { CustomerResponse, UnmergedResponse } from "earnest-client";

import { ask, may, type Refusal } from "../api";
import { inline } from "../format";
import { asRefusal, useLoaded, useSession } from "../hooks";
import { nameOf, useProgram } from "../names";
import { link } from "../router";
import { texts } from "../texts";
import { Amount, Card, Dialog, Empty, Name, Problem, problemsAt, Show, TextField } from "../ui/parts";

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
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Refusal>();
  const [result, setResult] = useState<UnmergedResponse>();
  const params = { path: { id: into } };
  // What it would get back does not depend on the reason, which a dry run needs as well.
  const would = useLoaded(async () => (await ask(client.POST("/customers/{id}/unmerge", { params: { ...params, query: { dry_run: true } }, body: { customer_id: alias, reason: "-" } }))).data, [into, alias]);
  const split = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      setResult((await ask(client.POST("/customers/{id}/unmerge", { params, body: { customer_id: alias, reason } }))).data);
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
          <Returned of={result} />
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
          <section aria-live="polite">
            <h3>{texts.action.preview}</h3>
            <Show of={would}>
              {(found) => (
                <>
                  <p>{found.returned.length === 0 ? texts.unmerge.wouldGetNothing : texts.unmerge.wouldGet}</p>
                  <Returned of={found} />
                </>
              )}
            </Show>
          </section>
          <Problem problem={problem} />
          <TextField label={texts.action.reason} help={texts.action.reasonHelp} value={reason} onChange={setReason} problems={problemsAt(problem?.fields ?? [], "reason")} />
          <button type="submit" class="first danger" disabled={busy || !would.data || !reason.trim()}>
            {texts.unmerge.submit}
          </button>
        </form>
      )}
    </Dialog>
  );
}

function Returned({ of }: { of: UnmergedResponse }) {
  const { rewards } = useProgram();
  return (
    <ul>
      {of.returned.map((one) => (
        <li>
          <Amount value={one.amount} /> <Name of={nameOf(rewards, one.reward_id)} />
        </li>
      ))}
    </ul>
  );
}
