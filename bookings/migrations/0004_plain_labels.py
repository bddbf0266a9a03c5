import bookings.references
import bookings.ticket_codes
import django.db.models.deletion
import django.utils.timezone
import moviebooking.fields
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0003_plain_names'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='eventcursor',
            options={'verbose_name': 'sync position', 'verbose_name_plural': 'sync positions'},
        ),
        migrations.AlterModelOptions(
            name='payment',
            options={'ordering': ['-created_at'], 'permissions': [('refund_payment', 'Can refund payments and check them with the provider')], 'verbose_name': 'payment', 'verbose_name_plural': 'payments'},
        ),
        migrations.AlterField(
            model_name='booking',
            name='created_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='created'),
        ),
        migrations.AlterField(
            model_name='booking',
            name='reference',
            field=models.CharField(default=bookings.references.new_reference, editable=False, max_length=20, unique=True, verbose_name='booking ID'),
        ),
        migrations.AlterField(
            model_name='booking',
            name='refund_percent',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='refund percentage'),
        ),
        migrations.AlterField(
            model_name='booking',
            name='seats_amount',
            field=moviebooking.fields.MoneyField(decimal_places=3, default=0, max_digits=12, verbose_name='ticket price'),
        ),
        migrations.AlterField(
            model_name='booking',
            name='status',
            field=models.CharField(choices=[('PENDING', 'Payment pending'), ('CONFIRMED', 'Confirmed'), ('EXPIRED', 'Expired'), ('FAILED', 'Payment failed'), ('CANCELLED', 'Cancelled')], default='PENDING', max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='eventcursor',
            name='read_until',
            field=models.DateTimeField(verbose_name='read up to'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='created_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='created'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='intent_id',
            field=models.CharField(blank=True, db_index=True, max_length=255, verbose_name='payment ID'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='key',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='idempotency key'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='status',
            field=models.CharField(choices=[('OPEN', 'Open'), ('SUCCEEDED', 'Paid'), ('CANCELED', 'Cancelled'), ('REFUND_DUE', 'To be refunded'), ('REFUNDED', 'Refunded'), ('TAKEN_BACK', 'Charged back'), ('MISMATCH', 'Needs attention')], default='OPEN', max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='created_at',
            field=models.DateTimeField(verbose_name='created at the provider'),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='event_id',
            field=models.CharField(max_length=255, unique=True, verbose_name='event ID'),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='intent_id',
            field=models.CharField(blank=True, db_index=True, max_length=255, verbose_name='payment ID'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='created_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='created'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='key',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='idempotency key'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='refund_id',
            field=models.CharField(blank=True, db_index=True, max_length=255, verbose_name='refund ID'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='retry_of',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='retry', to='bookings.refund', verbose_name='replaces'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='status',
            field=models.CharField(choices=[('REQUESTED', 'Requested'), ('PENDING', 'Pending'), ('SUCCEEDED', 'Refunded'), ('FAILED', 'Failed')], default='REQUESTED', max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='code',
            field=models.CharField(default=bookings.ticket_codes.new_ticket_code, editable=False, max_length=80, unique=True, verbose_name='QR code'),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='voided_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='invalid since'),
        ),
    ]
