"""Booking references: random, and easy to read aloud and to type."""

import secrets

from moviebooking.typed_codes import canonical_code

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: these look or sound alike.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
REFERENCE_LENGTH = 12  # 23^12 ≈ 2·10^16


def new_reference() -> str:
    """Return a random booking reference."""
    return "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_LENGTH))


def typed_reference(text: str) -> str | None:
    """Return the canonical reference that was typed into a search, or None if it is anything else."""
    reference = canonical_code(text.strip())
    is_reference = len(reference) == REFERENCE_LENGTH and set(reference) <= set(ALPHABET)
    return reference if is_reference else None
