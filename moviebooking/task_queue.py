"""Enqueue tasks from inside a transaction."""

from functools import partial

from django.db import transaction
from django_tasks.backends.immediate import ImmediateBackend
from django_tasks.utils import normalize_json


def enqueue(task, *args, **kwargs):
    """Run the task once the caller's transaction has committed; never if it rolls back.

    The database backend inserts the task in the caller's transaction. The immediate backend runs it in this
    process after the commit, so that no row is locked while a mail server or payment provider responds. Raise
    TypeError for arguments that JSON can't represent, with both backends.
    """
    args, kwargs = normalize_json(args), normalize_json(kwargs)
    if isinstance(task.get_backend(), ImmediateBackend):
        transaction.on_commit(partial(task.enqueue, *args, **kwargs))
    else:
        task.enqueue(*args, **kwargs)
