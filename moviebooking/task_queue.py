"""Putting work on the task queue from inside a transaction."""

from functools import partial

from django.db import transaction
from django_tasks.backends.immediate import ImmediateBackend
from django_tasks.utils import normalize_json


def enqueue(task, *args, **kwargs):
    """Have the task run once the caller's transaction has committed; never if it rolls back.

    A queue that lives in the database takes its row in the caller's transaction. The immediate one runs the
    task in this process after the commit, so that neither a mail nor a provider is awaited under a row lock.
    Arguments are whatever JSON can say: TypeError for anything else, on both.
    """
    args, kwargs = normalize_json(args), normalize_json(kwargs)
    if isinstance(task.get_backend(), ImmediateBackend):
        transaction.on_commit(partial(task.enqueue, *args, **kwargs))
    else:
        task.enqueue(*args, **kwargs)
