/** Walks the life of an event on a running stack, whose address is in the environment; prints what it met, as JSON. */

import { createEarnestClient } from "../src/index.js";

const { EARNEST_URL = "", EARNEST_KEY = "", CUSTOMER = "" } = process.env;

let answersToLose = 0;
const sent: { key: string | null; replayed: boolean }[] = [];

/** Does what it is asked for, and loses the answer where it is told to. */
async function losing(request: Request): Promise<Response> {
  const response = await fetch(request);
  const replayed = response.headers.get("Idempotency-Replayed") === "true";
  sent.push({ key: request.headers.get("Idempotency-Key"), replayed });
  if (answersToLose > 0) {
    answersToLose -= 1;
    await response.arrayBuffer();
    throw new TypeError("terminated");
  }
  return response;
}

const client = createEarnestClient(EARNEST_URL, EARNEST_KEY, { fetch: losing });
const stranger = createEarnestClient(EARNEST_URL, "ek_demo_wrong");

function event(more: object) {
  return { brand_id: "demo", customer_id: CUSTOMER, type: "PURCHASE", ...more };
}

async function emit() {
  answersToLose = 1;
  const held = event({ fulfilled: false, metadata: { pay: 30 } });
  const { data, response } = await client.POST("/behavior/events", { body: held });
  if (!data) throw new Error(`no event, but ${response.status}`);
  const keys = new Set(sent.map((one) => one.key));
  const facts = { status: data.data.status, sent: sent.length, keys: keys.size, replayed: sent.at(-1)?.replayed };
  return { id: data.data.id, facts };
}

async function fulfil(id: string) {
  answersToLose = 1;
  const { data } = await client.PATCH("/behavior/events/{id}/fulfill", { params: { path: { id } } });
  return data?.data.status;
}

async function available() {
  const { data } = await client.GET("/customers/{id}/wallet", { params: { path: { id: CUSTOMER } } });
  return data?.data.totals.find((one) => one.reward_id === "test-points")?.available;
}

async function pages() {
  for (const type of ["VISIT", "VISIT", "VISIT"]) await client.POST("/behavior/events", { body: event({ type }) });
  const listed: string[] = [];
  let count = 0;
  for (let cursor: string | null | undefined; cursor !== null; count += 1) {
    const query = { limit: 2, ...(cursor ? { cursor } : {}) };
    const { data } = await client.GET("/customers/{id}/events", { params: { path: { id: CUSTOMER }, query } });
    if (!data) throw new Error("no page");
    listed.push(...data.data.map((one) => one.id));
    cursor = data.next_cursor;
  }
  return { pages: count, events: listed.length, different: new Set(listed).size };
}

async function otherSections() {
  const body = { customerId: CUSTOMER, events: { review: {} } };
  const batch = await client.POST("/integrations/events", { body });
  const points = { source: "app", userId: CUSTOMER, rewardId: "test-points", pointsEarned: 12.25 };
  const accepted = await client.POST("/bulk-action/hot/assign-points", { body: points });
  const traceId = accepted.data?.traceId ?? "";
  for (let tries = 0; tries < 300; tries += 1) {
    const trace = await client.GET("/traces/{traceId}", { params: { path: { traceId } } });
    if (trace.data?.data.status !== "QUEUED") return [batch.data?.success, trace.data?.data.status, await available()];
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return ["still queued"];
}

async function errors() {
  const header = { "Idempotency-Key": `${CUSTOMER}-once` };
  const once = event({ type: "VISIT" });
  await client.POST("/behavior/events", { body: once, params: { header } });
  const found = [
    await client.GET("/customers/{id}/wallet", { params: { path: { id: `${CUSTOMER}-nobody` } } }),
    await client.POST("/behavior/events", { body: event({ redeem: [{ id: "test-points", amount: 1000 }] }) }),
    await client.POST("/behavior/events", { body: { ...once, platform: "till" }, params: { header } }),
    await client.POST("/behavior/events", { body: event({ customer_id: "#" }) }),
    await stranger.GET("/customers/{id}/wallet", { params: { path: { id: CUSTOMER } } }),
  ];
  return found.map(({ error }) => [error?.statusCode, error?.code]);
}

async function dryRun() {
  const dry = event({ metadata: { pay: 5 } });
  const { response } = await client.POST("/behavior/events", { body: dry, params: { query: { dry_run: true } } });
  return [response.status, await available()];
}

const emitted = await emit();
const walked = {
  emitted: emitted.facts,
  fulfilled: await fulfil(emitted.id),
  available: await available(),
  listed: await pages(),
  other_sections: await otherSections(),
  dry_run: await dryRun(),
  errors: await errors(),
};
console.log(JSON.stringify(walked));
