/** What screens have in common: the session, what is being loaded, and lists that are read page by page. */

import { createContext } from "preact";
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";

import { Refusal, type Session } from "./api";

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) {
    throw new Error("nobody is signed in");
  }
  return session;
}

export interface Loaded<T> {
  data: T | undefined;
  problem: Refusal | undefined;
  loading: boolean;
  reload: () => void;
}

export function asRefusal(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal(0, "", String(error));
}

/** What `load` gives, anew whenever one of `inputs` changes; an answer that comes too late is dropped. */
export function useLoaded<T>(load: () => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, "reload">>({ data: undefined, problem: undefined, loading: true });
  const [round, setRound] = useState(0);
  const shown = useRef<string | undefined>(undefined);
  useEffect(() => {
    let wanted = true;
    const what = JSON.stringify(inputs);
    const isSame = shown.current === what;
    shown.current = what;
    // The same thing again stays on the screen until it is there anew.
    setState((before) => ({ data: isSame ? before.data : undefined, problem: undefined, loading: true }));
    load().then(
      (data) => wanted && setState({ data, problem: undefined, loading: false }),
      (error) => wanted && setState((before) => ({ ...before, problem: asRefusal(error), loading: false })),
    );
    return () => {
      wanted = false;
    };
  }, [...inputs, round]);
  return { ...state, reload: useCallback(() => setRound((before) => before + 1), []) };
}

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

export interface Listed<T> {
  items: T[];
  problem: Refusal | undefined;
  loading: boolean;
  complete: boolean;
  more: () => void;
  reload: () => void;
}

/** A list, page by page; a page may be empty and still have a next one, so it is read on until there is something. */
export function useList<T>(load: (cursor: string | undefined) => Promise<Page<T>>, inputs: readonly unknown[]): Listed<T> {
  const [state, setState] = useState<{ items: T[]; cursor: string | null | undefined; problem: Refusal | undefined; loading: boolean }>({
    items: [],
    cursor: undefined,
    problem: undefined,
    loading: true,
  });
  const turn = useRef(0);
  const read = useCallback(async (begin: boolean, cursor: string | undefined) => {
    const mine = ++turn.current;
    setState((before) => ({ ...before, problem: undefined, loading: true }));
    const found: T[] = [];
    let next = cursor ?? null;
    try {
      do {
        const page = await load(next ?? undefined);
        found.push(...page.data);
        next = page.next_cursor;
      } while (next && found.length === 0 && turn.current === mine);
      if (turn.current === mine) {
        setState((before) => ({ items: begin ? found : [...before.items, ...found], cursor: next, problem: undefined, loading: false }));
      }
    } catch (error) {
      if (turn.current === mine) {
        setState((before) => ({ ...before, problem: asRefusal(error), loading: false }));
      }
    }
  }, inputs);
  useEffect(() => {
    setState({ items: [], cursor: undefined, problem: undefined, loading: true });
    void read(true, undefined);
    return () => {
      turn.current += 1;
    };
  }, [read]);
  return {
    items: state.items,
    problem: state.problem,
    loading: state.loading,
    complete: state.cursor === null,
    more: () => void read(state.cursor === undefined, state.cursor ?? undefined),
    reload: () => void read(true, undefined),
  };
}
