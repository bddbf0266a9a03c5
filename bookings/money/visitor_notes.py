"""Sentences on a booking's page that say where its money is."""

from django.utils.translation import gettext as _

from moviebooking.templatetags.formats import money

from .. import payment_records
from ..minor_units import major
from ..models import Booking, Payment, Refund


def note_for_visitor(booking):
    """Return what happened to the booking's money, in a sentence or two; "" if there is nothing to say."""
    payments = list(booking.payments.all())
    statuses = {payment.status for payment in payments}
    if Payment.Status.MISMATCH in statuses:
        return _("The payment we received doesn’t match this booking. We’re checking and will get in touch.")
    refunds = _refunds_to_report(payments)
    is_paid = Payment.Status.SUCCEEDED in statuses
    second = {payment.pk for payment in payments if is_paid and payment.status in Payment.GIVEN_UP}
    first_note = _refunds_note([one for one in refunds if one.payment_id not in second], booking.currency)
    second_note = _refunds_note([one for one in refunds if one.payment_id in second], booking.currency)
    if second_note:
        second_note = " ".join([_("You paid twice for this booking."), second_note])
    if not refunds and booking.status == Booking.Status.FAILED and Payment.Status.OPEN in statuses:
        return _("Any late payment will be refunded in full.")
    return " ".join(filter(None, [first_note, second_note]))


def _refunds_to_report(payments):
    """Return the refunds of these payments without failed ones that staff need not care about any more."""
    refunds = [refund for payment in payments for refund in payment.refunds.all()]
    failed = [refund.pk for refund in refunds if refund.status == Refund.Status.FAILED]
    open_failures = payment_records.failed_refunds().filter(pk__in=failed) if failed else []
    handled = set(failed) - {refund.pk for refund in open_failures}
    return [refund for refund in refunds if refund.pk not in handled]


def _refunds_note(refunds, currency):
    """Return a sentence on the state of these refunds; "" if there are none."""
    failed = [refund for refund in refunds if refund.status == Refund.Status.FAILED]
    amount = money(major(sum(refund.amount for refund in failed or refunds), currency), currency)
    if failed:
        return _("We couldn’t refund %(amount)s to your card. We’ll find another way and get in touch.") % {
            "amount": amount
        }
    if not refunds:
        return ""
    if all(refund.status == Refund.Status.SUCCEEDED for refund in refunds):
        return _("We refunded %(amount)s. It can take up to 10 days to appear.") % {"amount": amount}
    return _("Your refund of %(amount)s is on its way. It can take up to 10 days to appear.") % {
        "amount": amount
    }
