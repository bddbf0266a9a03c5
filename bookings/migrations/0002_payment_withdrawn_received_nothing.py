from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr


def hand_to_a_person(apps, schema_editor):
    """Money that was received by a payment closed as unpaid is for staff to look at."""
    note = Concat(Value("Closed as unpaid, but money was received. "), F("note"))
    payments = apps.get_model("bookings", "Payment").objects.using(schema_editor.connection.alias)
    payments.filter(status="CANCELED", received__gt=0).update(status="MISMATCH", note=Substr(note, 1, 500))


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial")]

    operations = [
        migrations.RunPython(hand_to_a_person, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("status", "CANCELED"), _negated=True), ("received", 0), _connector="OR"),
                name="payment_withdrawn_received_nothing",
            ),
        ),
    ]
