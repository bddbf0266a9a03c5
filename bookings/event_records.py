"""The only writer of rows about provider events: which were handled, how far their list has been read."""

from datetime import UTC, datetime

from .models import EventCursor, PaymentEvent


def is_event_recorded(event_id):
    return PaymentEvent.objects.filter(event_id=event_id).exists()


def unrecorded_events(events):
    """Return those of the events that have not been handled yet."""
    recorded = PaymentEvent.objects.filter(event_id__in=[event.id for event in events])
    known = set(recorded.values_list("event_id", flat=True))
    return [event for event in events if event.id not in known]


def record_event(event):
    """Record that the event was handled, in the transaction of what it changed. None records nothing."""
    if event:
        created_at = datetime.fromtimestamp(event.created, UTC)
        PaymentEvent.objects.get_or_create(
            event_id=event.id,
            defaults={"type": event.type, "intent_id": event.intent_id, "created_at": created_at},
        )


def events_read_until(provider):
    """Return the datetime up to which the provider's events have been read without a gap, or None."""
    return EventCursor.objects.filter(provider=provider).values_list("read_until", flat=True).first()


def set_events_read_until(provider, moment):
    EventCursor.objects.update_or_create(provider=provider, defaults={"read_until": moment})
