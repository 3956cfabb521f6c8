/** Names of rewards, campaigns and config offers, where the key may read them; their ids where it may not. */

import { useEffect, useState } from "preact/hooks";
import type { CampaignResponse, ConfigOfferResponse, RewardResponse } from "earnest-client";

import { ask, may, type Session } from "./api";
import { useSession, type Page } from "./hooks";

export interface Program {
  rewards: RewardResponse[];
  campaigns: CampaignResponse[];
  configOffers: ConfigOfferResponse[];
}

const NOTHING: Program = { rewards: [], campaigns: [], configOffers: [] };
const known = new WeakMap<Session, Promise<Program>>();

async function all<T>(load: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await load(cursor ?? undefined);
    found.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor);
  return found;
}

/** Everything that is set up; nothing if the key may not read it. */
export function loadProgram(session: Session): Promise<Program> {
  if (!may(session, "admin")) {
    return Promise.resolve(NOTHING);
  }
  let loading = known.get(session);
  if (!loading) {
    const { client } = session;
    const query = (cursor: string | undefined) => ({ params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } } });
    loading = Promise.all([
      all((cursor) => ask(client.GET("/rewards", query(cursor)))),
      all((cursor) => ask(client.GET("/campaigns", query(cursor)))),
      all((cursor) => ask(client.GET("/config-offers", query(cursor)))),
    ]).then(([rewards, campaigns, configOffers]) => ({ rewards, campaigns, configOffers }));
    known.set(session, loading);
    loading.catch(() => known.delete(session));
  }
  return loading;
}

/** Forget what was read, because it has been changed here. */
export function forgetProgram(session: Session): void {
  known.delete(session);
}

export function useProgram(): Program {
  const session = useSession();
  const [program, setProgram] = useState(NOTHING);
  useEffect(() => {
    let wanted = true;
    loadProgram(session).then(
      (found) => wanted && setProgram(found),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [session]);
  return program;
}

export function nameOf(things: readonly { id: string; name: string }[], id: string): string {
  return things.find((one) => one.id === id)?.name ?? id;
}
