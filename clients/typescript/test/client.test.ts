/** The hand-written part on answers that are made up: no network, and no time passes that a retry does not ask for. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { createEarnestClient, type EarnestClient, type Options, UnexpectedAnswer } from "../src/index.js";

const WALLET = { data: { totals: [], lines: [] } };
const PURCHASE = { brand_id: "demo", customer_id: "ada", type: "PURCHASE" };

type Answer = Response | Error;

let waits: number[];

beforeEach(() => {
  waits = [];
  mock.method(Math, "random", () => 0.5);
  mock.method(globalThis, "setTimeout", (go: () => void, ms: number) => {
    waits.push(ms);
    queueMicrotask(go);
    return 0;
  });
});

afterEach(() => mock.restoreAll());

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
}

function refusal(status: number, code: string, headers: Record<string, string> = {}): Response {
  const body = { statusCode: status, code, message: "no", details: { fields: [] }, requestId: "r" };
  return json(status, body, headers);
}

const throttled = (headers = {}) => refusal(429, "TooManyRequests", headers);
const unavailable = (headers = {}) => refusal(503, "ServiceUnavailable", headers);
const lost = () => new TypeError("terminated");
const refused = () => new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } });

/** A client that gets these answers in turn, and what it sent. */
function scripted(answers: Answer[], options: Options = {}): { client: EarnestClient; sent: Request[] } {
  const sent: Request[] = [];
  const left = [...answers];
  const send = async (request: Request): Promise<Response> => {
    await request.clone().text();
    sent.push(request);
    const answer = left.shift();
    assert.ok(answer, "sent once too often");
    if (answer instanceof Response) return answer;
    throw answer;
  };
  return { client: createEarnestClient("https://stack/v1", "ek_demo", { fetch: send, ...options }), sent };
}

const keys = (sent: Request[]) => sent.map((one) => one.headers.get("Idempotency-Key"));

test("a call has one idempotency key in all its retries, and the next call another", async () => {
  const done = () => json(201, { data: { id: "e" } });
  const { client, sent } = scripted([throttled(), unavailable(), lost(), done(), done()]);
  const { data } = await client.POST("/behavior/events", { body: PURCHASE });
  assert.equal(data?.data.id, "e");
  await client.POST("/behavior/events", { body: PURCHASE });
  const [first, ...others] = keys(sent);
  assert.match(first ?? "", /^[0-9a-f-]{36}$/);
  assert.deepEqual(others.slice(0, 3), [first, first, first]);
  assert.notEqual(others[3], first);
  assert.deepEqual(await sent[3]?.json(), PURCHASE);
});

test("a key that the caller gives is the key, in the header or in the body", async () => {
  const { client, sent } = scripted([unavailable(), json(201, {}), unavailable(), json(202, {})]);
  await client.POST("/behavior/events", { body: PURCHASE, params: { header: { "Idempotency-Key": "mine" } } });
  const points = { source: "app", userId: "ada", pointsEarned: 5, idempotencyKey: "mine too" };
  await client.POST("/bulk-action/hot/assign-points", { body: points });
  assert.deepEqual(keys(sent), ["mine", "mine", "mine too", "mine too"]);
});

test("a call that takes no idempotency key gets none", async () => {
  const { client, sent } = scripted([json(200, WALLET), json(200, {})]);
  await client.GET("/customers/{id}/wallet", { params: { path: { id: "ada" } } });
  await client.PUT("/brand", { body: { name: "Demo" } });
  assert.deepEqual(keys(sent), [null, null]);
});

test("each section gets the key in its own header, and no other", async () => {
  const { client, sent } = scripted([json(200, WALLET), json(200, {}), json(200, {})]);
  await client.GET("/customers/{id}/wallet", { params: { path: { id: "a b" } } });
  await client.POST("/integrations/events", { body: { customerId: "ada", events: {} } });
  await client.GET("/traces/{traceId}", { params: { path: { traceId: "t" } } });
  const shown = sent.map((one) => ["authorization", "apikey", "x-api-key"].map((name) => one.headers.get(name)));
  assert.deepEqual(shown, [
    ["Bearer ek_demo", null, null],
    [null, "ek_demo", null],
    [null, null, "ek_demo"],
  ]);
  assert.equal(sent[0]?.url, "https://stack/v1/customers/a%20b/wallet");
});

test("Retry-After is waited for, in seconds or as a date, and then a little", async () => {
  const date = new Date(Date.now() + 9_500).toUTCString();
  const { client } = scripted([throttled({ "Retry-After": "3" }), unavailable({ "Retry-After": date }), json(200, WALLET)]);
  await client.GET("/customers/{id}/wallet", { params: { path: { id: "ada" } } });
  assert.equal(waits[0], 3_250);
  assert.ok(waits[1] && waits[1] > 8_000 && waits[1] < 10_000, `${waits[1]}`);
});

test("retries are bounded, and wait up to twice as long each time", async () => {
  const { client, sent } = scripted(Array.from({ length: 5 }, () => throttled()));
  const { error } = await client.GET("/customers/{id}/wallet", { params: { path: { id: "ada" } } });
  assert.equal(error?.code, "TooManyRequests");
  assert.equal(sent.length, 5);
  assert.deepEqual(waits, [250, 500, 1_000, 2_000]);
});

test("an answer that asks for a longer wait than allowed comes back at once", async () => {
  const { client, sent } = scripted([throttled({ "Retry-After": "31" })]);
  const { response } = await client.GET("/customers/{id}/wallet", { params: { path: { id: "ada" } } });
  assert.deepEqual([response.status, sent.length], [429, 1]);
});

test("what cannot be recognised is sent again only if nothing was done", async () => {
  const body = { name: "Till 7", scopes: ["events:write" as const] };
  const { client, sent } = scripted([throttled(), refused(), json(201, {}), unavailable(), lost()]);
  assert.equal((await client.POST("/keys", { body })).response.status, 201);
  assert.equal((await client.POST("/keys", { body })).response.status, 503);
  await assert.rejects(client.POST("/keys", { body }), TypeError);
  assert.equal(sent.length, 5);
});

test("an attempt that takes too long is sent again", async () => {
  let sent = 0;
  const fetch = (request: Request) =>
    new Promise<Response>((resolve, reject) => {
      sent += 1;
      if (sent > 1) resolve(json(200, WALLET));
      request.signal.addEventListener("abort", () => reject(request.signal.reason));
    });
  const client = createEarnestClient("https://stack", "ek", { fetch, timeoutMs: 20 });
  // The timer of a signal does not keep a process alive, as a connection does.
  const alive = setInterval(() => undefined, 1_000);
  const { data } = await client.GET("/customers/{id}/wallet", { params: { path: { id: "ada" } } });
  clearInterval(alive);
  assert.deepEqual([data, sent], [WALLET, 2]);
});

test("whoever gives up is not made to wait", async () => {
  const caller = new AbortController();
  const { client, sent } = scripted([throttled()]);
  mock.method(globalThis, "setTimeout", () => 0);
  const call = client.GET("/customers/{id}/wallet", { params: { path: { id: "ada" } }, signal: caller.signal });
  setImmediate(() => caller.abort(new Error("enough")));
  await assert.rejects(call, /enough/);
  assert.equal(sent.length, 1);
});

test("an error has a type of its own, which its code tells", async () => {
  const { client } = scripted([refusal(422, "InsufficientBalanceError"), refusal(404, "UserNotFoundError")]);
  const { data, error } = await client.POST("/behavior/events", { body: PURCHASE });
  assert.equal(data, undefined);
  assert.ok(error?.code === "InsufficientBalanceError");
  const status: 422 = error.statusCode; // what the type says
  assert.equal(status, 422);
  const missing = await client.GET("/customers/{id}/wallet", { params: { path: { id: "nobody" } } });
  assert.equal(missing.error?.code, "UserNotFoundError");
});

test("an error of somebody in between is thrown", async () => {
  const page = () => new Response("<html>", { status: 403, headers: { "Content-Type": "text/html" } });
  const { client } = scripted([page()]);
  await assert.rejects(
    client.GET("/customers/{id}/wallet", { params: { path: { id: "ada" } } }),
    (error) => error instanceof UnexpectedAnswer && error.status === 403 && error.body === "<html>",
  );
});

test("an empty answer is one", async () => {
  const { client } = scripted([new Response(null, { status: 204 })]);
  const { response, error } = await client.DELETE("/campaigns/{id}", { params: { path: { id: "c" } } });
  assert.deepEqual([response.status, error], [204, undefined]);
});
