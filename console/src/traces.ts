/** What becomes of a request that goes by way of a queue: its trace is asked until it has ended. */

import type { TraceResponse } from "earnest-client";

import { ask, Refusal, type Session } from "./api";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 3_000;

/** The trace once it has ended; as it is, if that takes longer than `mostMs` or is no longer wanted. */
export async function followTrace(session: Session, traceId: string, mostMs: number, isWanted: () => boolean = () => true): Promise<TraceResponse> {
  const until = Date.now() + mostMs;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 1.3, LONGEST_WAIT_MS)) {
    let trace: TraceResponse | undefined;
    try {
      trace = (await ask(session.client.GET("/traces/{traceId}", { params: { path: { traceId } } }))).data;
    } catch (error) {
      // The request has been accepted: a stack that does not answer for a while says nothing of it.
      if (!isTrouble(error) || Date.now() > until) {
        throw error;
      }
    }
    if (trace && (trace.status !== "QUEUED" || Date.now() > until || !isWanted())) {
      return trace;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

function isTrouble(error: unknown): boolean {
  return error instanceof Refusal && (error.status === 0 || error.status === 429 || error.status >= 500);
}
