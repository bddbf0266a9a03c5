"""Stripe, and the only module that imports its SDK: intents, refunds, disputes and events as plain values."""

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

API_VERSION = "2026-10-28.endive"  # docs/payments.md says how to move it
ATTEMPT_SECONDS = 6
CALL_SECONDS = 12  # all attempts of one call; the SDK's last pause between two may come on top, a second
ATTEMPTS_AGAIN = 2
IN_TURN_SECONDS = 0.25
SIGNATURE_TOLERANCE_SECONDS = 300
PAGE = 100  # the most that Stripe gives
UNPAYABLE = {"amount_too_small", "amount_too_large"}

logger = logging.getLogger(__name__)


class PunctualClient(stripe.RequestsClient):
    """An HTTP client whose every exchange ends in time, however slowly the answer drips."""

    def request(self, method, url, headers, post_data=None):
        seconds = seconds_left(ATTEMPT_SECONDS)
        ends = monotonic() + seconds
        try:
            return call_within(seconds, lambda: self._exchange(method, url, headers, post_data, ends))
        except TimeoutError as error:
            worth_it = seconds_left(ATTEMPT_SECONDS) > 0
            raise stripe.APIConnectionError(f"Silent for {seconds:.1f} s", should_retry=worth_it) from error

    def _exchange(self, method, url, headers, post_data, ends):
        raw, status, headers = self.request_stream(method, url, headers, post_data)
        body = b""
        try:
            while chunk := raw.read1(2**16, decode_content=True):
                body += chunk
                if monotonic() > ends:
                    raise TimeoutError
        except HTTPError as error:
            raise stripe.APIConnectionError(f"The answer broke off: {error}", should_retry=True) from error
        finally:
            raw.close()
        if not _is_stripes(body):
            raise stripe.APIConnectionError(f"Status {status} from somebody else", should_retry=status >= 500)
        return body, status, headers


def _is_stripes(body):
    """An object, and its `error` one too: what a proxy on the way says makes the SDK stumble."""
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and isinstance(answer.get("error", {}), dict)


@cache
def _client(api_key, api_base):
    """One a process, with its open connections."""
    session = requests.Session()
    session.mount("https://", HTTPAdapter(pool_maxsize=MAX_CONCURRENT_CALLS))
    return stripe.StripeClient(
        api_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_base},
        max_network_retries=ATTEMPTS_AGAIN,
        http_client=PunctualClient(timeout=ATTEMPT_SECONDS, session=session),
    )


def _api():
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE).v1


@contextmanager
def _in_our_words():
    """Stripe's errors as the site's. Any other invalid request is a bug of this site and stays loud."""
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
            "payment_method_types": ["card"],  # none that settles days later
        }
        with _in_our_words():
            try:
                made = _once(_api().payment_intents.create, params, f"{key}-intent")
            except stripe.InvalidRequestError as error:
                if error.code in UNPAYABLE:
                    raise PaymentRejected(_("This amount can't be paid by card.")) from error
                raise
        return stripe_values.intent(made.to_dict())

    def retrieve_intent(self, intent_id):
        if not intent_id:  # Stripe would answer with the list of all intents
            raise UnknownIntent("an intent without an id")
        with _in_our_words():
            found = _api().payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]})
        return stripe_values.intent(found.to_dict())

    def cancel_intent(self, intent_id):
        with time_limit(CALL_SECONDS):
            try:
                with _in_our_words():
                    _api().payment_intents.cancel(intent_id)
            except stripe.InvalidRequestError as error:
                if error.code != "payment_intent_unexpected_state":
                    raise
            return self.retrieve_intent(intent_id)

    def refund(self, *, key, intent_id, amount):
        params = {"payment_intent": intent_id, "amount": amount, "metadata": {"refund": str(key)}}
        with _in_our_words():
            try:
                made = _once(_api().refunds.create, params, f"{key}-refund", _refund_made_already)
            except stripe.InvalidRequestError as error:
                raise PaymentRejected(error.user_message) from error
        return stripe_values.refund(made.to_dict())

    def refunds_of(self, intent_id):
        with _in_our_words():
            found = _all(_api().refunds.list, {"payment_intent": intent_id})
        return [stripe_values.refund(one.to_dict()) for one in reversed(found)]

    def disputes_of(self, intent_id):
        with _in_our_words():
            found = _all(_api().disputes.list, {"payment_intent": intent_id})
        return [stripe_values.dispute(one.to_dict()) for one in reversed(found)]

    def events_since(self, moment):
        params = {"types": list(events.TYPES), "created": {"gte": int(moment.timestamp())}}
        found = _all(_patiently(_api().events.list), params)
        return events.from_list([one.to_dict() for one in reversed(found)])


def _patiently(list_of):
    """Each page of a long list has the time of a call of its own: nobody waits for it in a browser."""

    def page(params):
        with _in_our_words():
            return list_of(params)

    return page


def _all(list_of, params):
    """Everything on all pages, newest first. A 404 without a code: the server has no such list at all."""
    found, more = [], True
    while more:
        after = {"starting_after": found[-1].id} if found else {}
        try:
            page = list_of({**params, **after, "limit": PAGE})
        except stripe.InvalidRequestError as error:
            if error.http_status == 404 and not error.code:
                return []
            raise
        found += page.data
        more = page.has_more and page.data
    return found


def _once(post, params, key, made_already=lambda params: None):
    """Post under an idempotency key.

    Stripe keeps an answer of 500 under the key too and would repeat it for a day; then what was asked for is
    looked up, and made under a second key where it is not there.
    """
    try:
        return _in_turn(post, params, key)
    except stripe.APIError as error:
        if (error.headers or {}).get("Idempotent-Replayed") != "true":
            raise
        return made_already(params) or _in_turn(post, params, f"{key}-again")


def _in_turn(post, params, key):
    """While another request under the key is being answered Stripe says 409; its answer will be ours too."""
    while True:
        try:
            return post(params, {"idempotency_key": key})
        except stripe.APIError as error:
            if error.http_status != 409 or seconds_left(CALL_SECONDS) < IN_TURN_SECONDS:
                raise
            sleep(IN_TURN_SECONDS)


def _refund_made_already(params):
    found = _all(_api().refunds.list, {"payment_intent": params["payment_intent"]})
    return next((one for one in found if one.to_dict().get("metadata") == params["metadata"]), None)


def read_event(payload, header):
    """The event in a delivery's raw body, once one of our secrets has signed it within five minutes of now.

    Raises `events.BadSignature`, or `events.NotAnEvent` for whatever else was signed.
    """
    if not any(_is_signed(payload, header, secret) for secret in settings.STRIPE_WEBHOOK_SECRET):
        raise events.BadSignature("no secret of ours has signed this")
    if abs(int(time()) - _signed_at(header)) > SIGNATURE_TOLERANCE_SECONDS:  # the SDK lets the future pass
        raise events.BadSignature("signed too long ago, or in the future")
    return events.parse(payload)


def _is_signed(payload, header, secret):
    try:
        return stripe.WebhookSignature.verify_header(payload, header, secret)
    except (stripe.SignatureVerificationError, UnicodeError, TypeError):  # the last two: letters beyond ASCII
        return False


def _signed_at(header):
    """The moment that the SDK has just found signed: the first `t` of the header."""
    return int(next(part for part in header.split(",") if part.startswith("t=")).split("=")[1])
