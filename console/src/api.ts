/** The stack as the console sees it: one session with a key, answers or refusals, and what was refused in words. */

import { createEarnestClient, type EarnestClient, UnexpectedAnswer } from "earnest-client";

import { texts } from "./texts";

export type Scope = "events:write" | "customers:read" | "offers:write" | "admin";

export interface FieldProblem {
  field: string;
  message: string;
}

/** What the stack said instead of an answer; a status of 0 means that it said nothing at all. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: readonly FieldProblem[] = [],
    readonly requestId = "",
  ) {
    super(message);
  }
}

/** Who is signed in; the client alone knows the key. */
export interface Session {
  keyId: string;
  brandId: string;
  scopes: ReadonlySet<Scope>;
  sandbox: boolean;
  client: EarnestClient;
}

/** Where the API lies: beside this page, whether its address ends with a slash or not. */
export const BASE = location.origin + location.pathname.replace(/\/+$/, "");

export function may(session: Session, ...scopes: Scope[]): boolean {
  return session.scopes.has("admin") || scopes.some((scope) => session.scopes.has(scope));
}

/** A session of this key. Throws Refusal if it is not valid. */
export async function signIn(key: string, onEnd: (problem: Refusal) => void): Promise<Session> {
  const client = createEarnestClient(BASE, key, {
    retries: 1,
    fetch: async (request) => {
      const response = await fetch(request);
      if (response.status === 401 && !request.url.endsWith("/auth/authorize")) {
        onEnd(new Refusal(401, "Unauthorized", texts.signIn.ended));
      }
      return response;
    },
  });
  const answer = client.GET("/auth/authorize");
  const token = (await ask(answer)).data;
  const sandbox = (await answer).response.headers.get("Earnest-Sandbox") === "true";
  const claims = decode(token.split(".")[1] ?? "");
  return {
    keyId: claims.sub,
    brandId: claims.brand_id,
    scopes: new Set(claims.scope.split(" ") as Scope[]),
    sandbox,
    client,
  };
}

function decode(part: string): { sub: string; brand_id: string; scope: string } {
  const bytes = atob(part.replace(/-/g, "+").replace(/_/g, "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0))));
}

/** What a call answers. Throws Refusal for anything else. */
export async function ask<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  try {
    const { data, error, response } = await call;
    if (response.ok) {
      return data as T;
    }
    throw refusalOf(response.status, error);
  } catch (error) {
    throw error instanceof Refusal ? error : silence(error);
  }
}

function refusalOf(status: number, answer: unknown): Refusal {
  const body = (answer ?? {}) as { code?: string; message?: string; details?: { fields?: FieldProblem[] }; requestId?: string };
  const fields = body.details?.fields ?? [];
  const said = body.message ?? texts.problem.noReason;
  // A sentence begins with a capital; the name of a field, with which it begins if it is about one, is as it is.
  const message = fields.length > 0 ? said : said.charAt(0).toUpperCase() + said.slice(1);
  return new Refusal(status, body.code ?? "", message, fields, body.requestId ?? "");
}

function silence(error: unknown): Refusal {
  if (error instanceof UnexpectedAnswer) {
    return new Refusal(error.status, "", texts.problem.notOurs(error.status));
  }
  const isSlow = error instanceof DOMException && error.name === "TimeoutError";
  if (!isSlow && !(error instanceof TypeError)) {
    console.error(error);
  }
  return new Refusal(0, "", isSlow ? texts.problem.slow : texts.problem.noAnswer);
}

/** What was searched for, or undefined if it is not there, or could not be: a number that is no number finds nobody. */
export async function asSearched<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Refusal && (error.status === 404 || error.status === 400)) {
      return undefined;
    }
    throw error;
  }
}
