"""What a schema cannot say, so that requests get further than to the first check.

Requests that are meant to be accepted are changed; those that are meant to be refused go out as they
were made, unless they would be right by then.
"""

import itertools
import json
import os
import unicodedata
import urllib.request

import schemathesis

# What `run.py` made: a finished generation, and uploads whose files are there.
SEEDS = json.loads(os.environ["REVERIE_SEEDS"])
NOT_IN_THIS_VERSION = ("from", "replace", "lock", "webhook_url", "references")
NUMBER = itertools.count()
# What takes a description of what to make.
ASKING = ("POST /v1/generations", "POST /v1/quotes", "POST /v1/sketches")
# What ends sessions: that of the run itself must stay.
ENDING = ("POST /v1/auth/logout", "DELETE /v1/sessions", "DELETE /v1/sessions/{id}", "DELETE /v1/me")
# What an account may do once a day, what could keep the account of the run from spending, and what
# makes another session of its own.
ALONE = ("POST /v1/me/exports", "PUT /v1/me/limits", "POST /v1/auth/pending")

# What guests cannot do.
USERS = {"POST /v1/me/email": "REVERIE_ASKS", "PUT /v1/me/email": "REVERIE_CONFIRMS"}


@schemathesis.hook
def before_call(context, case, **kwargs):
    if case.meta is None:
        return
    if not case.meta.generation.mode.is_positive:
        keep_wrong(case.headers)
        return
    number = next(NUMBER)
    label = case.operation.label
    if case.headers and case.headers.get("Idempotency-Key") is not None:
        # The same key with another body is refused, rightly.
        case.headers["Idempotency-Key"] = f"key-{number}"
    if label in ASKING and isinstance(case.body, dict):
        case.body = allowed(case.body)
        if label == "POST /v1/generations" and number % 4:
            # A repetition is answered from the cache, and can never be canceled.
            case.body["cache"] = False
    elif label == "PUT /v1/me/consents" and isinstance(case.body, dict):
        case.body = decided(case.body, case.headers.get("Authorization"))
    elif label == "DELETE /v1/sessions/{id}" and number % 2 == 0:
        # The one session there is.
        sessions = call("GET", "/v1/sessions", case.headers.get("Authorization"))
        case.path_parameters["id"] = sessions["items"][0]["id"]
    elif label == "POST /v1/generations/{id}/cancel" and number % 2 == 0:
        # What was made before may be finished by now, and its account without credits.
        cancelable(case)
    elif label == "POST /v1/operator/legal-holds" and isinstance(case.body, dict):
        if number % 4:
            case.body |= SEEDS["accounts"][number % len(SEEDS["accounts"])]
            case.body |= {name: text(case.body.get(name), 100) for name in ("reference", "reason")}
            case.body.pop("copy_of", None)
    elif label == "PUT /v1/me/email" and number % 2 == 0:
        case.body = {"token": os.environ["REVERIE_EMAIL_TOKEN"]}
    elif label == "POST /v1/auth/pending":
        case.headers = dict(case.headers or {})
        case.headers |= {"Cookie": os.environ["REVERIE_PENDING"], "Sec-Fetch-Site": "same-origin"}
        if number % 4:
            # It can be done again and again.
            case.body = {"action": "separate"}
    elif label in ("GET /v1/me/exports/{id}", "GET /v1/erasures/{id}",
                   "DELETE /v1/me/identities/{provider}"):
        # Nothing else is asked, and nothing that was made up is one.
        case.path_parameters.update(SEEDS[label][0])
    elif label in SEEDS and number % 2 == 0 and case.meta.phase.name.value != "stateful":
        # A stateful case is about the things that it made itself.
        choices = SEEDS[label]
        case.path_parameters.update(choices[number // 2 % len(choices)])


@schemathesis.auth(refresh_interval=None)
class Account:
    """The account of the run, a new guest, or the receipt of an erasure."""

    def get(self, case, context):
        if context.operation.label in ENDING + ALONE:
            return call("POST", "/v1/guests")["token"]
        if context.operation.label == "GET /v1/erasures/{id}":
            return os.environ["REVERIE_RECEIPT"]
        if " /v1/operator/" in context.operation.label:
            return os.environ["REVERIE_OPERATES"]
        if context.operation.label in USERS:
            return os.environ[USERS[context.operation.label]]
        if context.operation.label == "DELETE /v1/me/identities/{provider}":
            return os.environ["REVERIE_LINKED"]
        return os.environ["REVERIE_TOKEN"]

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"


def cancelable(case):
    """Makes the case about a job that has just begun, of a guest whose credits suffice for it."""
    if not case.headers.get("Authorization"):
        return
    token = f"Bearer {call('POST', '/v1/guests')['token']}"
    body = {"kind": "music", "prompt": "to be canceled", "seconds": 60, "cache": False}
    case.path_parameters["id"] = call("POST", "/v1/generations", token, body)["id"]
    case.headers["Authorization"] = token


def call(method, path, authorization=None, body=None):
    headers = {"Authorization": authorization} if authorization else {}
    data = None
    if body is not None:
        headers["Content-Type"], data = "application/json", json.dumps(body).encode()
    url = os.environ["REVERIE_URL"] + path
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=40) as response:
        return json.load(response)


def keep_wrong(headers):
    """A key that is wrong only for the spaces around it is right once HTTP has taken them away."""
    key = (headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and key != key.strip() and key.isascii():
        headers["Idempotency-Key"] = f"{key.strip()} {key.strip()}"


def allowed(body):
    """The request without what the model or this version does not take."""
    body = {name: value for name, value in body.items() if name not in NOT_IN_THIS_VERSION}
    body["kind"] = "music"
    body["prompt"] = text(body.get("prompt"), 500)
    body["seconds"] = 5 + (body.get("seconds") or 0) % 56
    for name in ("model", "quote", "expires_at", "max_credits"):
        body.pop(name, None)
    if body.get("negative_prompt") is not None:
        body["negative_prompt"] = text(body["negative_prompt"], 500)
    if body.get("style") is not None:
        body["style"] = {"tempo_bpm": body["style"].get("tempo_bpm"), "key": "D minor"}
    if body.get("sketch") is not None:
        body["sketch"] = sketch(body["sketch"])
        del body["seconds"]
    if body.get("labels") is not None:
        labels = list(body["labels"].items())[:16]
        body["labels"] = {text(name, 64): text(value, 256) for name, value in labels}
    return body


def decided(body, authorization):
    """The decisions about the account, each once, on the texts as they are."""
    own = {"analytics", "marketing_email", "improvement"}
    known = {one["purpose"]: one for one in body["decisions"] if one["purpose"] in own}
    decisions = [{"purpose": name, "granted": one["granted"]} for name, one in known.items()]
    version = call("GET", "/v1/me/consents", authorization)["text_version"]
    decisions = decisions or [{"purpose": "improvement", "granted": True}]
    return body | {"text_version": version, "decisions": decisions}


def sketch(made):
    """A short sketch in the words of the tiny model, with the numbers that were made."""
    if "shots" in made:
        # A storyboard, of which this model knows nothing.
        made = {"valence": 0.5, "tempo_bpm": 60, "sections": [{"intensity": 0.5}]}
    section = made["sections"][0]
    return {
        "genre": "march", "metre": "4/4", "key": "D minor",
        "valence": made["valence"], "tempo_bpm": 60 + made["tempo_bpm"] / 2,
        "tracks": [{"role": "comp", "instrument": "pluck"}],
        "sections": [{"name": "verse", "bars": 4, "chords": ["Dm", "Gm A7", "Bb", "Dm"],
                      "tracks": ["comp"], "intensity": section["intensity"]}],
    }


def text(value, most):
    """The text without control characters, of some and at most so many characters."""
    kept = "".join(c for c in value or "" if unicodedata.category(c) not in ("Cc", "Cs"))
    return kept.strip()[:most].strip() or "a text"
