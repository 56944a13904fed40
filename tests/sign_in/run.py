"""Signs in at an independent, certified OpenID provider (npm's oidc-provider).

    npm ci --prefix tests/sign_in && python tests/sign_in/run.py target/debug/reverie
"""

import html
import http.cookiejar
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    ours, theirs = free_port(), free_port()
    origin = f"http://127.0.0.1:{ours}"
    callback = f"{origin}/v1/auth/certified/callback"
    provider = ["node", HERE / "provider.mjs", str(theirs), callback]
    entry = {
        "kind": "oidc", "id": "certified", "name": "oidc-provider", "client_id": "reverie",
        "client_secret": "a secret of theirs", "issuer": f"http://127.0.0.1:{theirs}",
    }
    with tempfile.TemporaryDirectory() as folder, running(provider, "ready"):
        folder = pathlib.Path(folder)
        (folder / "providers.json").write_text(json.dumps([entry]))
        serve = [binary, "serve", "--listen", f"127.0.0.1:{ours}", "--data", folder / "data"]
        serve += ["--models", HERE.parent / "packages", "--providers", folder / "providers.json"]
        with running(serve, "Press Ctrl-C"):
            sign_in(origin)


def sign_in(origin):
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def go(url, form=None):
        body = form and urllib.parse.urlencode(form).encode()
        with browser.open(url, body, timeout=40) as page:
            return page.url, page.read().decode()

    go(f"{origin}/v1/guests", {"": ""})
    guest = json.loads(go(f"{origin}/v1/me")[1])
    page = go(f"{origin}/v1/auth/certified/login?return_to=/healthz")
    page = go(*filled(page, {"prompt": "login", "login": "ada", "password": "any"}))
    end, _ = go(*filled(page, {"prompt": "consent"}))
    assert end == f"{origin}/healthz?sign_in=done", end
    me = json.loads(go(f"{origin}/v1/me")[1])
    assert me["id"] == guest["id"] and me["kind"] == "user", me
    assert (me["email"], me["name"]) == ("ada@example.com", "Ada Lovelace"), me
    print("signed in at oidc-provider")


def filled(page, fields):
    """The form of a page, with its fields."""
    url, text = page
    action = re.search(r'<form[^>]*action="([^"]+)"', text)
    assert action, text
    return urllib.parse.urljoin(url, html.unescape(action[1])), fields


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class running:
    """A program, once it has said that it is ready."""

    def __init__(self, command, word):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
        self.word = word

    def __enter__(self):
        for line in self.process.stdout:
            if self.word in line:
                return
        sys.exit(f"{self.process.args[0]} did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=40)


if __name__ == "__main__":
    main()
