"""Forms of the admin."""

from django import forms
from django.utils.translation import gettext_lazy as _

from moviebooking.currencies import charge_step

from . import payment_records
from .minor_units import major, minor


class RefundForm(forms.Form):
    """Ask how much of a payment to refund. A valid form has the amount in minor units as `units`."""

    amount = forms.DecimalField(label=_("Amount"), max_digits=12)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("For your colleagues"))
    left = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, payment, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.payment, self.left_now = payment, payment_records.refundable_amount(payment)
        left = major(self.left_now, payment.currency)
        self.initial |= {"amount": left, "left": self.left_now}
        step = charge_step(payment.currency)
        self.fields["amount"].widget.attrs |= {"min": step, "max": left, "step": step}

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        try:
            self.units = minor(amount, self.payment.currency)
        except ValueError as error:
            raise forms.ValidationError(_("This amount can’t be paid exactly in this currency.")) from error
        if not 0 < self.units <= self.left_now:
            raise forms.ValidationError(_("There is less than that left to refund."))
        return amount

    def clean(self):
        """Refuse a form that was sent twice."""
        super().clean()
        if self.cleaned_data.get("left") != self.left_now:
            raise forms.ValidationError(_("Something was refunded meanwhile. Check what is left."))
