"""People who have signed in, for what guests cannot do."""

import http.cookiejar
import urllib.parse
import urllib.request

EMAIL = "hostile@example.com"


def providers(origin):
    """The embedded provider under two names."""
    entry = {"kind": "oidc", "issuer": f"{origin}/dev/oidc", "client_id": "reverie-local"}
    return [entry | {"id": "local", "name": "one"}, entry | {"id": "again", "name": "two"}]


def prepared(origin):
    """The tokens of accounts, one of them with two identities, and the cookie of an identity that waits."""
    linked = Browser(origin)
    linked.sign_in("local", EMAIL)
    linked.sign_in("again", EMAIL)
    linked.call("POST", "/v1/auth/pending", b'{"action": "link"}')
    waits = Browser(origin)
    waits.sign_in("local", "waits@example.com")
    waits.jar.clear()
    waits.sign_in("again", "waits@example.com")
    others = {}
    for name in ("ASKS", "CONFIRMS"):
        browser = Browser(origin)
        browser.sign_in("local", f"{name.lower()}@example.com")
        others[f"REVERIE_{name}"] = browser.cookie("reverie")
    return others | {
        "REVERIE_LINKED": linked.cookie("reverie"),
        "REVERIE_PENDING": f"reverie-pending={waits.cookie('reverie-pending')}",
    }


def operator(origin):
    """The token of somebody who is to be an operator."""
    browser = Browser(origin)
    browser.sign_in("local", "operates@example.com")
    return browser.cookie("reverie")


class Browser:
    def __init__(self, origin):
        self.origin = origin
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def sign_in(self, provider, email):
        """Goes to the provider, says who it is, and comes back."""
        with self.opener.open(f"{self.origin}/v1/auth/{provider}/login", timeout=40) as page:
            form = urllib.parse.urlencode({"email": email, "name": "Somebody"}).encode()
            with self.opener.open(page.url, form, timeout=40) as end:
                outcome = urllib.parse.urlsplit(end.url).query
        assert outcome in ("sign_in=done", "sign_in=pending"), outcome

    def call(self, method, path, body):
        headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
        request = urllib.request.Request(self.origin + path, body, headers, method=method)
        self.opener.open(request, timeout=40).close()

    def cookie(self, name):
        return next(cookie.value for cookie in self.jar if cookie.name == name)
