from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0002_payment_withdrawn_received_nothing")]

    operations = [
        migrations.RenameModel("Letter", "BookingEmail"),
        migrations.RenameModel("NewsCursor", "EventCursor"),
        migrations.RenameIndex("bookingemail", old_name="letter_owed", new_name="booking_email_owed"),
        migrations.AlterField(
            "bookingemail",
            "booking",
            models.ForeignKey(on_delete=models.CASCADE, related_name="emails", to="bookings.booking"),
        ),
    ]
