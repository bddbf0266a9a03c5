"""Cause faults on purpose, on the real site under gunicorn with servers of its own.

`make chaos` prints the table; `moviebooking/tests/test_chaos.py` asserts it.
"""
