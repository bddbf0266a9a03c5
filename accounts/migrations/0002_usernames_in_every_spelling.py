"""One key for all spellings of a username. Where two accounts share it already, the older one keeps it."""

from itertools import islice

import accounts.usernames
from django.db import migrations, models


def fill_keys(apps, schema_editor):
    users = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    taken = set()
    rows = users.order_by("pk").only("pk", "username").iterator()
    while some := list(islice(rows, 1000)):
        for user in some:
            key = accounts.usernames.key_of(user.username)
            user.username_key = f"{key} {user.pk}" if key in taken else key
            taken.add(key)
        users.bulk_update(some, ["username_key"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="user", name="user_username_is_one_whatever_its_case"),
        migrations.AddField(
            model_name="user",
            name="username_key",
            field=accounts.usernames.UsernameKeyField(
                blank=True, default="", editable=False, max_length=500
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="username",
            field=models.CharField(
                error_messages={"unique": "A user with that username already exists."},
                help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                max_length=150,
                unique=True,
                validators=[accounts.usernames.UsernameValidator()],
                verbose_name="username",
            ),
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=models.Q(("username_key", ""), _negated=True),
                fields=("username_key",),
                name="user_username_is_one_however_it_is_spelt",
                violation_error_message="A user with that username already exists.",
            ),
        ),
    ]
