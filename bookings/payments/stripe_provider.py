"""The payment provider Stripe. The only module that imports its SDK; it takes and returns plain values."""

import json
import logging
from contextlib import contextmanager
from functools import cache
from time import monotonic, sleep, time

import requests
import stripe
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from . import PaymentDeclined, PaymentRejected, PaymentUnavailable, UnknownIntent, events, stripe_values
from .time_limit import MAX_CONCURRENT_CALLS, call_within, seconds_left, time_limit

API_VERSION = "2026-10-28.endive"  # docs/payments.md says how to change it
ATTEMPT_SECONDS = 6
CALL_SECONDS = 12  # all attempts of one call; the SDK's last pause between attempts may add one second
RETRIES = 2
CONFLICT_PAUSE_SECONDS = 0.25
SIGNATURE_TOLERANCE_SECONDS = 300
PAGE_SIZE = 100  # Stripe's maximum
UNPAYABLE_AMOUNT = {"amount_too_small", "amount_too_large"}

logger = logging.getLogger(__name__)


class TimeLimitedClient(stripe.RequestsClient):
    """The SDK's HTTP client, with a limit on the whole exchange however slowly the response arrives."""

    def request(self, method, url, headers, post_data=None):
        seconds = seconds_left(ATTEMPT_SECONDS)
        ends = monotonic() + seconds
        try:
            return call_within(seconds, lambda: self._exchange(method, url, headers, post_data, ends))
        except TimeoutError as error:
            retry = seconds_left(ATTEMPT_SECONDS) > 0
            raise stripe.APIConnectionError(f"Silent for {seconds:.1f} s", should_retry=retry) from error

    def _exchange(self, method, url, headers, post_data, ends):
        raw, status, headers = self.request_stream(method, url, headers, post_data)
        body = b""
        try:
            while chunk := raw.read1(2**16, decode_content=True):
                body += chunk
                if monotonic() > ends:
                    raise TimeoutError
        except HTTPError as error:
            raise stripe.APIConnectionError(f"The response broke off: {error}", should_retry=True) from error
        finally:
            raw.close()
        if not _is_from_stripe(body):
            raise stripe.APIConnectionError(f"Status {status}, not from Stripe", should_retry=status >= 500)
        return body, status, headers


def _is_from_stripe(body):
    """Return whether the body is a JSON object, and its `error` one too: the SDK crashes on others."""
    try:
        content = json.loads(body)
    except ValueError:
        return False
    return isinstance(content, dict) and isinstance(content.get("error", {}), dict)


@cache
def _client(api_key, api_base):
    """Return the process's client for this key, with its open connections."""
    session = requests.Session()
    session.mount("https://", HTTPAdapter(pool_maxsize=MAX_CONCURRENT_CALLS))
    return stripe.StripeClient(
        api_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_base},
        max_network_retries=RETRIES,
        http_client=TimeLimitedClient(timeout=ATTEMPT_SECONDS, session=session),
    )


def _api():
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE).v1


@contextmanager
def _translate_errors():
    """Limit a call to CALL_SECONDS and raise Stripe's errors as the site's own.

    Other invalid requests are bugs of this site, and their errors pass.
    """
    try:
        with time_limit(CALL_SECONDS):
            yield
    except stripe.CardError as error:
        raise PaymentDeclined(error.user_message) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        logger.error("Stripe refuses this site's secret key: %s", error)
        raise PaymentUnavailable from error
    except (stripe.RateLimitError, stripe.APIConnectionError, stripe.APIError) as error:
        logger.warning("No answer from Stripe: %s", error)
        raise PaymentUnavailable from error
    except stripe.InvalidRequestError as error:
        if error.http_status == 404:
            raise UnknownIntent(error.user_message) from error
        raise


class Provider:
    name = "stripe"

    @property
    def livemode(self):
        return "_live_" in settings.STRIPE_SECRET_KEY

    def create_intent(self, *, key, reference, amount, currency):
        params = {
            "amount": amount,
            "currency": currency.lower(),
            "description": f"Booking {reference}",
            "metadata": {"booking": reference, "payment": str(key)},
            "payment_method_types": ["card"],  # no methods that settle days later
        }
        with _translate_errors():
            try:
                made = _post_once(_api().payment_intents.create, params, f"{key}-intent")
            except stripe.InvalidRequestError as error:
                if error.code in UNPAYABLE_AMOUNT:
                    raise PaymentRejected(_("This amount can’t be paid by card.")) from error
                raise
        return stripe_values.intent(made.to_dict())

    def retrieve_intent(self, intent_id):
        if not intent_id:  # Stripe would answer with the list of all intents
            raise UnknownIntent("an intent without an id")
        with _translate_errors():
            found = _api().payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]})
        return stripe_values.intent(found.to_dict())

    def cancel_intent(self, intent_id):
        with time_limit(CALL_SECONDS):
            try:
                with _translate_errors():
                    _api().payment_intents.cancel(intent_id)
            except stripe.InvalidRequestError as error:
                if error.code != "payment_intent_unexpected_state":
                    raise
            return self.retrieve_intent(intent_id)

    def refund(self, *, key, intent_id, amount):
        params = {"payment_intent": intent_id, "amount": amount, "metadata": {"refund": str(key)}}
        with _translate_errors():
            try:
                made = _post_once(_api().refunds.create, params, f"{key}-refund", _find_refund)
            except stripe.InvalidRequestError as error:
                raise PaymentRejected(error.user_message) from error
        return stripe_values.refund(made.to_dict())

    def refunds_of(self, intent_id):
        with _translate_errors():
            found = _list_all(_api().refunds.list, {"payment_intent": intent_id})
        return [stripe_values.refund(one.to_dict()) for one in reversed(found)]

    def disputes_of(self, intent_id):
        with _translate_errors():
            found = _list_all(_api().disputes.list, {"payment_intent": intent_id})
        return [stripe_values.dispute(one.to_dict()) for one in reversed(found)]

    def events_since(self, moment):
        def page(params):  # each has the time limit of a call: no browser waits for this long list
            with _translate_errors():
                return _api().events.list(params)

        found = _list_all(page, {"types": list(events.TYPES), "created": {"gte": int(moment.timestamp())}})
        return events.from_list([one.to_dict() for one in reversed(found)])


def _list_all(list_of, params):
    """Return the objects of all pages, newest first. A 404 without a code: the server has no such list."""
    found, more = [], True
    while more:
        after = {"starting_after": found[-1].id} if found else {}
        try:
            page = list_of({**params, **after, "limit": PAGE_SIZE})
        except stripe.InvalidRequestError as error:
            if error.http_status == 404 and not error.code:
                return []
            raise
        found += page.data
        more = page.has_more and page.data
    return found


def _post_once(post, params, key, find=None):
    """Post under an idempotency key and return the object made.

    Stripe replays even a response of 500 under its key, for a day. In that case return what `find(params)`
    finds, or else post under a second key.
    """
    try:
        return _post_in_turn(post, params, key)
    except stripe.APIError as error:
        if (error.headers or {}).get("Idempotent-Replayed") != "true":
            raise
        found = find(params) if find else None
        return found or _post_in_turn(post, params, f"{key}-again")


def _post_in_turn(post, params, key):
    """Post, and again while Stripe answers 409 because another request under the key is in progress."""
    while True:
        try:
            return post(params, {"idempotency_key": key})
        except stripe.APIError as error:
            if error.http_status != 409 or seconds_left(CALL_SECONDS) < CONFLICT_PAUSE_SECONDS:
                raise
            sleep(CONFLICT_PAUSE_SECONDS)


def _find_refund(params):
    found = _list_all(_api().refunds.list, {"payment_intent": params["payment_intent"]})
    return next((one for one in found if one.to_dict().get("metadata") == params["metadata"]), None)


def read_event(payload, header):
    """Return the Event in a webhook's raw body, signed with one of our secrets within five minutes of now.

    Raise `events.BadSignature`, or `events.NotAnEvent` if something else was signed.
    """
    if not any(_is_signed(payload, header, secret) for secret in settings.STRIPE_WEBHOOK_SECRET):
        raise events.BadSignature("not signed with a secret of ours")
    if abs(int(time()) - _signed_at(header)) > SIGNATURE_TOLERANCE_SECONDS:  # the SDK accepts the future
        raise events.BadSignature("signed too long ago, or in the future")
    return events.parse(payload)


def _is_signed(payload, header, secret):
    try:
        return stripe.WebhookSignature.verify_header(payload, header, secret)
    except (stripe.SignatureVerificationError, UnicodeError, TypeError):  # the last two: not ASCII
        return False


def _signed_at(header):
    """Return the Unix time of a verified signature: the first `t` of the header."""
    return int(next(part for part in header.split(",") if part.startswith("t=")).split("=")[1])
