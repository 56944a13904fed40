// `GET /v1/me` and `GET /v1/credits` as one would write them with the SDK v3.

import { createHash } from "node:crypto";
import { BatchGetItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";

const dynamodb = new DynamoDBClient({});
const accounts = process.env.REVERIE_TABLE_ACCOUNTS;
const ledger = process.env.REVERIE_TABLE_LEDGER;

const answer = (statusCode, body) => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

const read = async (table, Keys) => {
  const RequestItems = { [table]: { Keys, ConsistentRead: true } };
  return (await dynamodb.send(new BatchGetItemCommand({ RequestItems }))).Responses[table];
};

/** The account's row, if the token names one and its session lasts. */
async function caller(event) {
  const [scheme, token] = (event.headers.authorization ?? "").split(" ");
  if (scheme.toLowerCase() !== "bearer" || !token?.startsWith("rvs_")) return undefined;
  const raw = Buffer.from(token.slice(4), "base64url");
  const pk = { S: `usr_${raw.subarray(0, 16).toString("hex")}` };
  const session = `session#${createHash("sha256").update(raw.subarray(16)).digest("hex")}`;
  const rows = await read(accounts, ["profile", session, "requests"].map((sk) => ({ pk, sk: { S: sk } })));
  const row = (sk) => rows.find((row) => row.sk.S === sk);
  const lasts = Number(row(session)?.ttl.N ?? 0) > Date.now() / 1000;
  return lasts ? row("profile") : undefined;
}

export async function handler(event) {
  const account = await caller(event);
  if (!account) return answer(401, { status: 401 });
  if (event.rawPath === "/v1/me") {
    const { id, kind, plan, created_at } = account;
    return answer(200, { id: id.S, kind: kind.S, plan: plan.S, created_at: created_at.S });
  }
  const [wallet] = await read(ledger, [{ pk: account.wallet, sk: { S: "wallet" } }]);
  const [plan, bought, held] = ["plan", "bought", "held"].map((name) => Number(wallet[name].N));
  return answer(200, { available: plan + bought, held, purses: { plan, bought } });
}
