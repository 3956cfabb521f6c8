/**
 * What is written by hand: the key in the header that each call takes, and retries that never do anything twice.
 *
 * All types are generated. A call is sent again after a 429, after any 5xx that a gateway or a function answers when it
 * could not do its work, and after a connection that broke; but only if that is harmless. It is, if the call says by an
 * idempotency key which one it is, if its method is repeatable by itself, or if nothing has been done yet.
 */

import createClient, { type Client, type Middleware } from "openapi-fetch";

import { operations } from "./operations.js";
import type { paths } from "./schema.js";

export type * from "./schema.js";

const IDEMPOTENCY_KEY = "Idempotency-Key";
const FIRST_WAIT_MS = 500;
const NOT_DONE = new Set([429]);
const MAY_BE_DONE = new Set([500, 502, 503, 504]);
const REPEATABLE = new Set(["GET", "PUT", "DELETE"]);
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

export interface Options {
  /** How often a call is sent again at most; 4 if not given. */
  retries?: number;
  /** For how many ms a retry is put off at most; where the stack asks for more, its answer is returned at once. */
  longestWaitMs?: number;
  /** How long one attempt may take; API Gateway gives up on a function after 29 seconds. */
  timeoutMs?: number;
  /** What sends a request; the platform's own if not given. */
  fetch?: (request: Request) => Promise<Response>;
}

export type EarnestClient = Client<paths>;

/** An error that does not come from the stack, such as the page of a proxy. */
export class UnexpectedAnswer extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`an answer ${status} that is not the stack's: ${body.slice(0, 200)}`);
    this.name = "UnexpectedAnswer";
  }
}

/** A client of the stack at this URL, with this key. */
export function createEarnestClient(baseUrl: string, key: string, options: Options = {}): EarnestClient {
  const client = createClient<paths>({ baseUrl, fetch: (request) => sendUntilAnswered(request, options) });
  client.use(headersOf(key));
  return client;
}

/** Adds the key in the header that the call takes, and an idempotency key of its own where it takes one. */
function headersOf(key: string): Middleware {
  return {
    async onRequest({ request, schemaPath }) {
      const operation = operations[`${request.method} ${schemaPath}`];
      const header = operation ? operation.keyHeader : "Authorization";
      if (header && !request.headers.has(header)) {
        request.headers.set(header, header === "Authorization" ? `Bearer ${key}` : key);
      }
      if (operation?.idempotent && !request.headers.has(IDEMPOTENCY_KEY)) {
        request.headers.set(IDEMPOTENCY_KEY, (await keyOfBody(request)) ?? crypto.randomUUID());
      }
      return request;
    },
  };
}

/** The idempotency key that the body itself has. */
async function keyOfBody(request: Request): Promise<string | undefined> {
  const text = await request.clone().text();
  const body: unknown = text ? JSON.parse(text) : null;
  const named = body && typeof body === "object" ? (body as { idempotencyKey?: unknown }).idempotencyKey : null;
  return typeof named === "string" && named ? named : undefined;
}

/** One call, however often it is sent: its headers are the same each time, so that it is recognised. */
async function sendUntilAnswered(request: Request, options: Options): Promise<Response> {
  const { retries = 4, longestWaitMs = 30_000, timeoutMs = 30_000, fetch: send = fetch } = options;
  const isRepeatable = REPEATABLE.has(request.method) || request.headers.has(IDEMPOTENCY_KEY);
  for (let sent = 1; ; sent += 1) {
    let asked = 0;
    try {
      const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
      const response = await whole(await send(new Request(request.clone(), { signal })));
      asked = retryAfterMs(response);
      const again = NOT_DONE.has(response.status) || (MAY_BE_DONE.has(response.status) && isRepeatable);
      if (!again || sent > retries || asked > longestWaitMs) {
        return await ofTheStack(response);
      }
    } catch (error) {
      const again = isBroken(error) && (isRepeatable || NEVER_SENT.has(codeOf(error)));
      if (!again || request.signal.aborted || sent > retries) {
        throw error;
      }
    }
    // Up to twice as long each time, spread so that not all come back at once.
    const spread = Math.random() * FIRST_WAIT_MS * 2 ** (sent - 1);
    await passed(Math.min(asked + spread, longestWaitMs), request.signal);
  }
}

/** The answer with all of its body: one that breaks off is a call without an answer. */
async function whole(response: Response): Promise<Response> {
  const body = await response.arrayBuffer();
  return new Response(body.byteLength ? body : null, response);
}

/** The same answer. Throws UnexpectedAnswer for an error that has no JSON. */
async function ofTheStack(response: Response): Promise<Response> {
  if (response.status >= 400 && !response.headers.get("Content-Type")?.includes("json")) {
    throw new UnexpectedAnswer(response.status, await response.text());
  }
  return response;
}

/** Whether an attempt ended without an answer: `fetch` throws a TypeError for a connection, and this for a timeout. */
function isBroken(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError");
}

/** What Node says of a connection that broke; a browser does not say. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : null;
  const code = cause && typeof cause === "object" ? (cause as { code?: unknown }).code : null;
  return typeof code === "string" ? code : "";
}

/** How many ms the answer asks for; 0 if it does not say. */
function retryAfterMs(response: Response): number {
  const asked = response.headers.get("Retry-After") ?? "";
  const seconds = /^\d+$/.test(asked) ? Number(asked) : (Date.parse(asked) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : 0;
}

/** Resolves when so many ms have passed; rejects if the caller gives up meanwhile. */
function passed(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", giveUp);
      resolve();
    }, ms);
    signal.addEventListener("abort", giveUp, { once: true });
  });
}
