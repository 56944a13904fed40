"""`GET /v1/me` and `GET /v1/credits` as one would write them with boto3."""

import base64
import hashlib
import json
import os
import time
import uuid

import boto3

dynamodb = boto3.client("dynamodb")
accounts = os.environ["REVERIE_TABLE_ACCOUNTS"]
ledger = os.environ["REVERIE_TABLE_LEDGER"]


def answer(status, body):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body),
    }


def caller(event):
    """The account's row, if the token names one and its session lasts."""
    scheme, _, token = event["headers"].get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.startswith("rvs_"):
        return None
    token = token[4:]
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    pk = {"S": "usr_" + str(uuid.UUID(bytes=raw[:16])).replace("-", "")}
    session = "session#" + hashlib.sha256(raw[16:]).hexdigest()
    keys = [{"pk": pk, "sk": {"S": sk}} for sk in ("profile", session, "requests")]
    found = dynamodb.batch_get_item(
        RequestItems={accounts: {"Keys": keys, "ConsistentRead": True}}
    )
    rows = {row["sk"]["S"]: row for row in found["Responses"][accounts]}
    if session not in rows or int(rows[session]["ttl"]["N"]) <= time.time():
        return None
    return rows.get("profile")


def handler(event, _context):
    account = caller(event)
    if account is None:
        return answer(401, {"status": 401})
    if event["rawPath"] == "/v1/me":
        return answer(200, {name: account[name]["S"] for name in ("id", "kind", "plan", "created_at")})
    key = {"pk": account["wallet"], "sk": {"S": "wallet"}}
    found = dynamodb.batch_get_item(
        RequestItems={ledger: {"Keys": [key], "ConsistentRead": True}}
    )
    wallet = found["Responses"][ledger][0]
    plan, bought, held = (int(wallet[name]["N"]) for name in ("plan", "bought", "held"))
    body = {"available": plan + bought, "held": held, "purses": {"plan": plan, "bought": bought}}
    return answer(200, body)
