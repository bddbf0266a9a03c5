"""Faults on purpose: the real site under gunicorn, on servers of its own, and what becomes of it.

`make chaos` prints the table; `moviebooking/tests/test_chaos.py` asserts it.
"""
