"""The circuit breaker alone, with probes that answer as the test says."""

from datetime import timedelta
from threading import Barrier, Event, Thread

from django.test import SimpleTestCase

from moviebooking.circuit_breaker import CircuitBreaker

NEVER_DUE, ALWAYS_DUE = timedelta(hours=1), timedelta(0)


class Server:
    """A server whose answers to probes are given, and which counts them."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.probed = 0

    def __call__(self):
        self.probed += 1
        return self.answers.pop(0)


def at_once(number, call):
    """Return the sorted results of the call, made by that many threads at once."""
    barrier, results = Barrier(number), []

    def run():
        barrier.wait()
        results.append(call())

    threads = [Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


class LateReplyTests(SimpleTestCase):
    def test_a_server_that_answers_the_probe_keeps_the_breaker_closed(self):
        breaker, server = CircuitBreaker(NEVER_DUE), Server(True, True)

        stayed = [breaker.stays_closed(server), breaker.stays_closed(server)]

        self.assertEqual([stayed, breaker.is_open, server.probed], [[True, True], False, 2])

    def test_a_silent_server_opens_it_and_no_call_is_made_any_more(self):
        breaker, server = CircuitBreaker(NEVER_DUE), Server(False)

        answers = [breaker.allows(server), breaker.stays_closed(server), breaker.allows(server)]

        self.assertEqual([answers, breaker.is_open, server.probed], [[True, False, False], True, 1])

    def test_many_threads_that_wait_for_a_silent_server_probe_it_once(self):
        breaker, server = CircuitBreaker(NEVER_DUE), Server(False)

        stayed = at_once(12, lambda: breaker.stays_closed(server))

        self.assertEqual([stayed, server.probed], [[False] * 12, 1])

    def test_many_threads_that_wait_for_a_busy_server_all_go_on_waiting(self):
        breaker, server = CircuitBreaker(NEVER_DUE), Server(*[True] * 12)

        stayed = at_once(12, lambda: breaker.stays_closed(server))

        self.assertEqual([stayed, breaker.is_open], [[True] * 12, False])


class RecoveryTests(SimpleTestCase):
    def test_a_probe_that_is_answered_closes_the_breaker(self):
        breaker, server = CircuitBreaker(ALWAYS_DUE), Server(False, True)
        breaker.open()

        allowed = [breaker.allows(server), breaker.allows(server), breaker.allows(server)]

        self.assertEqual([allowed, server.probed], [[False, True, True], 2])

    def test_before_the_interval_is_over_nobody_probes(self):
        breaker, server = CircuitBreaker(NEVER_DUE), Server()
        breaker.open()

        self.assertEqual([breaker.allows(server), server.probed], [False, 0])

    def test_while_one_thread_probes_the_others_fail_at_once(self):
        breaker, asked, answered, results = CircuitBreaker(ALWAYS_DUE), Event(), Event(), []

        def slow_probe():
            asked.set()
            return answered.wait(timeout=10)

        breaker.open()
        first = Thread(target=lambda: results.append(breaker.allows(slow_probe)))
        first.start()
        asked.wait(timeout=10)
        others = at_once(5, lambda: breaker.allows(slow_probe))
        answered.set()
        first.join()

        self.assertEqual([others, results, breaker.is_open], [[False] * 5, [True], False])
