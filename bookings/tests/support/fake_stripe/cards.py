"""Stripe's published test cards, by number and by ready-made payment method."""

GOOD = "4242424242424242"
DECLINED = "4000000000000002"
NO_FUNDS = "4000000000009995"
ASKS_3DS = "4000002500003155"

BY_METHOD = {
    "pm_card_visa": GOOD,
    "pm_card_visa_chargeDeclined": DECLINED,
    "pm_card_visa_chargeDeclinedInsufficientFunds": NO_FUNDS,
    "pm_card_threeDSecure2Required": ASKS_3DS,
}
DECLINES = {
    DECLINED: ("generic_decline", "Your card was declined."),
    NO_FUNDS: ("insufficient_funds", "Your card has insufficient funds."),
}
