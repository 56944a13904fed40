"""Tries every operation of the OpenAPI document by schemathesis, on a deployment of its own.

    python tests/hostile/run.py target/debug/reverie [--seconds 120] [--seed 1]

Fails on an answer that the document does not describe, on any 5xx, on an operation that never
succeeded, and if the server or the ledger is not in order afterwards.
"""

import argparse
import base64
import collections
import hashlib
import hmac
import io
import json
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
import zipfile
import zlib

import sign_in

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = HERE.parent / "packages"
# A client gives up after this many seconds; `Prefer: wait` may take 25.
PATIENCE = 40


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("reverie", help="the binary to run")
    arguments.add_argument("--seconds", type=int, default=120, help="how long to try")
    arguments.add_argument("--seed", type=int, default=1, help="another seed tries other values")
    arguments = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        with Server(arguments.reverie, folder) as server:
            operator = sign_in.operator(server.url)
            account = server.call("GET", "/v1/me", operator)["id"]
        # Nothing but the configuration makes an operator.
        with Server(arguments.reverie, folder, "--operator", account) as server:
            token = server.call("POST", "/v1/guests")["token"]
            seeds = make_seeds(server, token)
            receipt = erase(server)
            secret = (folder / "data/hash-secret").read_text()
            account = server.call("GET", "/v1/me", token)["id"]
            seeds["POST /v1/unsubscribe/{token}"] = [{"token": unsubscribe_token(secret, account)}]
            seeds["PATCH /v1/operator/subject-requests/{id}"] = asked_by_mail(server, operator)
            longer = "PUT /v1/operator/subject-requests/{id}/extension"
            seeds[longer] = asked_by_mail(server, operator)
            seeds["POST /v1/operator/mailings/{id}/stop"] = [written(server, operator)]
            seeds |= ordered(server, operator)
            seeds["GET /v1/erasures/{id}"] = [{"id": receipt["id"]}]
            tokens = {"REVERIE_TOKEN": token, "REVERIE_RECEIPT": receipt["receipt_token"]}
            tokens["REVERIE_OPERATES"] = operator
            tokens |= sign_in.prepared(server.url)
            tokens["REVERIE_EMAIL_TOKEN"] = email_token(server, secret, tokens["REVERIE_CONFIRMS"])
            status = schemathesis(server, tokens, seeds, folder, arguments)
            missing = not_reached(server, folder / "run.ndjson")
            audit(server, token)
            check_export(server, token, seeds["GET /v1/me/exports/{id}"][0]["id"])
        assert b"panicked" not in (folder / "server.log").read_bytes(), "something panicked"
    if missing:
        print("never succeeded:", *missing, sep="\n  ")
    sys.exit(status or bool(missing))


class Server:
    """`reverie serve` on a free port."""

    def __init__(self, binary, folder, *more):
        address = f"127.0.0.1:{free_port()}"
        providers = folder / "providers.json"
        providers.write_text(json.dumps(sign_in.providers(f"http://{address}")))
        command = [binary, "serve", "--listen", address, "--data", folder / "data"]
        command += ["--models", PACKAGES, "--guest-credits", "1000000"]
        command += ["--providers", providers, *more]
        self.log = open(folder / "server.log", "wb")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.log, env=os.environ | {"RUST_LOG": "warn"}
        )

    def __enter__(self):
        for line in self.process.stdout:
            if found := re.search(rb"API\s+(http://\S+)/v1", line):
                self.url = found[1].decode()
                return self
        sys.exit("the server did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=PATIENCE)
        self.log.close()

    def call(self, method, path, token=None, body=None, headers=()):
        headers = dict(headers)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return json.load(response)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def make_seeds(server, token):
    """What schemathesis cannot make by itself: a finished generation, and uploaded files."""
    body = {"kind": "music", "prompt": "seed", "seconds": 5}
    job = server.call("POST", "/v1/generations", token, body)
    while job["status"] in ("queued", "running"):
        path = f"/v1/generations/{job['id']}"
        job = server.call("GET", path, token, headers={"Prefer": "wait=25"})
    assert job["status"] == "succeeded", job
    generation = {"id": job["id"]}
    version = server.call("GET", "/v1/policies", token)["versions"][0]["version"]
    files = [generation | {"name": file["name"]} for file in job["files"]]
    return {
        "GET /v1/generations/{id}": [generation],
        "GET /v1/generations/{id}/events": [generation],
        "GET /v1/generations/{id}/files/{name}": files,
        "GET /v1/policies/{version}": [{"version": version}],
        "POST /v1/policies/{version}/acknowledgement": [{"version": version}],
        "GET /v1/auth/{provider}/login": [{"provider": "local"}],
        "GET /v1/auth/{provider}/callback": [{"provider": "local"}],
        "DELETE /v1/me/identities/{provider}": [{"provider": "again"}],
        "GET /v1/me/exports/{id}": [{"id": server.call("POST", "/v1/me/exports", token)["id"]}],
        "POST /v1/uploads/{id}/complete": [{"id": upload(server, token)} for _ in range(10)],
    }


def erase(server):
    """An erasure of somebody else, and the token of its receipt."""
    guest = server.call("POST", "/v1/guests")["token"]
    return server.call("DELETE", "/v1/me?confirm=erase", guest)


def asked_by_mail(server, operator):
    """Requests that an operator can close, each once."""
    path, body = "/v1/operator/subject-requests", {"kind": "access", "reference": "a mail"}
    return [{"id": server.call("POST", path, operator, body)["id"]} for _ in range(50)]


def written(server, operator):
    """A mailing that an operator can stop, more than once."""
    body = {"subject": "news", "text": "They are new."}
    return {"id": server.call("POST", "/v1/operator/mailings", operator, body)["id"]}


def ordered(server, operator):
    """Orders about the accounts of others: some to read and confirm, and some to release."""
    path = "/v1/operator/legal-holds"

    def order(account):
        body = {"account": account, "kind": "export", "reference": "a file", "reason": "a court"}
        return {"id": server.call("POST", path, operator, body | {"secret": False})["id"]}

    accounts = []
    for _ in range(8):
        guest = server.call("POST", "/v1/guests")["token"]
        accounts.append(server.call("GET", "/v1/me", guest)["id"])
    stay = [order(account) for account in accounts[:4]]
    go = [order(account) for account in accounts[4:] for _ in range(5)]
    one = f"{path}/{{id}}"
    seeds = {f"GET {one}": stay, f"POST {one}/confirm": stay, f"POST {one}/release": go}
    # Accounts that an order may be about.
    return seeds | {"accounts": [{"account": account} for account in accounts]}


def unsubscribe_token(secret, account):
    """The token in the link of a marketing mail."""
    account = uuid.UUID(account.removeprefix("usr_")).bytes
    proof = hmac.new(secret.encode(), b"unsubscribe\0" + account, hashlib.sha256).hexdigest()[:32]
    return "rvu_" + base64.urlsafe_b64encode(account + proof.encode()).decode().rstrip("=")


def email_token(server, secret, token):
    """The token in a mail to a new address."""
    email = "new@example.com"
    server.call("POST", "/v1/me/email", token, {"email": email})
    account = server.call("GET", "/v1/me", token)["id"]
    held = json.dumps(server.call("GET", "/v1/me/data", token))
    # The request, and the mail that tells of it by its id.
    asked = re.search(r'"request": "(eml_[0-9a-f]{32})"', held)[1]
    text = f"email\0{account}\0{asked}\0{email}".encode()
    return "rvm_" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()[:32]


def check_export(server, token, export):
    """Another library reads the archive, and every checksum is right."""
    deadline = time.monotonic() + 180
    while (made := server.call("GET", f"/v1/me/exports/{export}", token))["status"] != "ready":
        assert time.monotonic() < deadline and made["status"] in ("queued", "running"), made
        time.sleep(1)
    with urllib.request.urlopen(made["download"]["url"], timeout=PATIENCE) as response:
        archive = response.read()
    assert hashlib.sha256(archive).hexdigest() == made["sha256"]
    with zipfile.ZipFile(io.BytesIO(archive)) as archive:
        assert archive.testzip() is None
        for file in json.loads(archive.read("manifest.json"))["files"]:
            content = archive.read(file["name"])
            assert hashlib.sha256(content).hexdigest() == file["sha256"], file
        print(len(archive.namelist()), "files exported")


def upload(server, token):
    """An upload whose file is there and not checked yet."""
    image = png()
    announced = {"content_type": "image/png", "bytes": len(image)}
    made = server.call("POST", "/v1/uploads", token, announced)
    put = made["put"]
    request = urllib.request.Request(put["url"], image, put["headers"], method=put["method"])
    urllib.request.urlopen(request, timeout=PATIENCE).close()
    return made["id"]


def png():
    """The smallest image there is."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff\xff\xff")
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def schemathesis(server, tokens, seeds, folder, arguments):
    """Runs it, and returns its exit status."""
    program = pathlib.Path(sys.executable).with_name("schemathesis")
    command = [program, "--config-file", HERE / "schemathesis.toml", "run"]
    command += [f"{server.url}/v1/openapi.json"]
    command += ["--max-time", str(arguments.seconds), "--seed", str(arguments.seed)]
    command += ["--request-timeout", str(PATIENCE)]
    command += ["--max-redirects", "0", "--generation-database", "none", "--no-color"]
    command += ["--report", "ndjson", "--report-ndjson-path", folder / "run.ndjson"]
    settings = {"SCHEMATHESIS_HOOKS": "hooks", "REVERIE_SEEDS": json.dumps(seeds)}
    settings |= {"PYTHONPATH": str(HERE), "REVERIE_URL": server.url} | tokens
    return subprocess.run(command, env=os.environ | settings, cwd=folder, check=False).returncode


def not_reached(server, report):
    """Prints the statuses of every operation; returns those that never succeeded."""
    document = server.call("GET", "/v1/openapi.json")
    operations = {
        f"{method.upper()} {path}": collections.Counter()
        for path, methods in document["paths"].items()
        for method in methods
    }
    for line in report.read_text().splitlines():
        recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
        for case, made in recorder.get("cases", {}).items():
            answer = recorder["interactions"].get(case, {}).get("response") or {}
            name = f"{made['value']['method']} {made['value']['path']}"
            if name in operations and "status_code" in answer:
                operations[name][answer["status_code"]] += 1
    for name, statuses in operations.items():
        counts = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
        print(f"{name:45} {counts}")
    # A redirect to a file is a success.
    good = lambda status: 200 <= status < 400
    return [name for name, statuses in operations.items() if not any(map(good, statuses))]


def audit(server, token):
    """The server answers still, and every credit is accounted for."""
    assert server.call("GET", "/healthz") == {"status": "ok"}
    available = server.call("GET", "/v1/credits", token)["available"]
    total, cursor = 0, ""
    while cursor is not None:
        page = server.call("GET", f"/v1/credits/transactions?limit=100{cursor}", token)
        total += sum(entry["amount"] for entry in page["items"])
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert total == available, f"{total} in the ledger, {available} in the wallet"


if __name__ == "__main__":
    main()
