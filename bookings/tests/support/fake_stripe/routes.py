"""Routing of requests to the ledger's methods, and authorization."""

import re

from . import cards
from .ledger import Refusal

DEFAULT_LIMIT = 10


def handle(ledger, verb, path, pairs, authorization):
    """Return the object to respond with, or raise Refusal. `pairs` are the form's fields."""
    params = _nest_fields(pairs)
    expand = params.pop("expand", [])
    for route, needs_secret_key, action in ROUTES:
        found = re.fullmatch(route, f"{verb} {path}")
        if found:
            _authorize(ledger, found.groups(), params, authorization, needs_secret_key)
            return _expand(ledger, action(ledger, params, *found.groups()), expand)
    raise Refusal(404, f"Unrecognized request URL ({verb}: {path}).")


def _authorize(ledger, ids, params, authorization, needs_secret_key):
    """Raise Refusal unless the key allows the request.

    A secret key allows every request; a publishable key only those about the intent of the client secret.
    """
    if authorization.removeprefix("Bearer ").startswith(("sk_test_", "rk_test_")):
        return
    if needs_secret_key or not params.pop("key", "").startswith("pk_test_"):
        raise Refusal(401, "Invalid API Key provided.")
    if params.pop("client_secret", "") != ledger.intent(ids[0])["client_secret"]:
        raise Refusal(
            400, "The client_secret provided does not match.", code="payment_intent_invalid_parameter"
        )


def _confirm(ledger, params, intent_id):
    method = params.get("payment_method", "")
    number = params.get("payment_method_data", {}).get("card", {}).get("number", "").replace(" ", "")
    card = cards.BY_METHOD.get(method) or number
    if not card:
        raise Refusal(
            400, "You must provide a payment method.", code="parameter_missing", param="payment_method"
        )
    return ledger.confirm(intent_id, card)


def _list_page(things, params, **fields):
    """Return a page of at most `limit` objects after `starting_after`, newest first."""
    chosen = [thing for thing in things if all(thing.get(name) == value for name, value in fields.items())]
    chosen.reverse()
    ids = [thing["id"] for thing in chosen]
    start = ids.index(params["starting_after"]) + 1 if "starting_after" in params else 0
    end = start + int(params.get("limit", DEFAULT_LIMIT))
    return {"object": "list", "data": chosen[start:end], "has_more": end < len(chosen), "url": "/v1/list"}


def _events(ledger, params):
    since = int(params.get("created", {}).get("gte", 0))
    types = params.get("types")
    events = [e for e in ledger.events if e["created"] >= since and (not types or e["type"] in types)]
    return _list_page(events, params)


ROUTES = [
    ("POST /v1/payment_intents", True, lambda ledger, params: ledger.create_intent(params)),
    (r"GET /v1/payment_intents/(\w+)", False, lambda ledger, params, id: ledger.intent(id)),
    (r"POST /v1/payment_intents/(\w+)/cancel", True, lambda ledger, params, id: ledger.cancel_intent(id)),
    (r"POST /v1/payment_intents/(\w+)/confirm", False, _confirm),
    (
        r"POST /v1/payment_intents/(\w+)/authenticate",
        False,
        lambda ledger, params, id: ledger.authenticate(id, params["passed"] == "true"),
    ),
    ("POST /v1/refunds", True, lambda ledger, params: ledger.create_refund(params)),
    (
        "GET /v1/refunds",
        True,
        lambda ledger, params: _list_page(
            ledger.refunds.values(), params, payment_intent=params["payment_intent"]
        ),
    ),
    (
        "GET /v1/disputes",
        True,
        lambda ledger, params: _list_page(
            ledger.disputes.values(), params, payment_intent=params["payment_intent"]
        ),
    ),
    ("GET /v1/events", True, _events),
]


def _expand(ledger, thing, expand):
    if "latest_charge" in expand and thing.get("latest_charge"):
        return thing | {"latest_charge": dict(ledger.charges[thing["latest_charge"]])}
    return dict(thing)


def _nest_fields(pairs):
    """Return form fields as nested dicts and lists.

    `metadata[booking]=X`, `types[0]=Y` → {"metadata": {"booking": "X"}, "types": ["Y"]}.
    """
    tree = {}
    for name, value in pairs:
        *path, last = re.findall(r"[^\[\]]+", name)
        branch = tree
        for step in path:
            branch = branch.setdefault(step, {})
        branch[last] = value
    return {name: _list_or_dict(value) for name, value in tree.items()}


def _list_or_dict(value):
    if not isinstance(value, dict):
        return value
    return list(value.values()) if all(name.isdigit() for name in value) else value
