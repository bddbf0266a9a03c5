"""Cause the faults of `chaos` on servers of their own. Bounds in seconds are generous, for busy machines."""

from unittest import skipUnless

from django.db import connection
from django.test import SimpleTestCase, tag

from chaos import faults
from chaos.site import chaos_site
from chaos.visitor import NO_ANSWER, slowest, statuses

from .support.servers import REDIS_SERVER, postgres_bin


@tag("serial")
@skipUnless(postgres_bin() and REDIS_SERVER, "needs the programs of PostgreSQL and Redis")
@skipUnless(connection.vendor == "postgresql", "once is enough: beside the suite on real servers")
class FaultTests(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = cls.enterClassContext(chaos_site())

    def after(self, fault):
        """Return the answers during the fault, and assert that the site recovers from it."""
        outcome = faults.cause(fault, self.site)
        self.assertTrue(outcome.recovered(), (statuses(outcome.afterwards), self.site.log()[-3000:]))
        return outcome.seen if not outcome.details else (outcome.seen, outcome.details)

    def assert_only(self, allowed, answers):
        self.assertLessEqual(statuses(answers).keys(), allowed)

    def test_twelve_buyers_at_once_are_all_served(self):
        for request, answers in self.after(faults.rush).items():
            self.assertEqual(statuses(answers), {302: faults.BUYERS}, request)

    def test_a_locked_row_blocks_only_the_visitors_who_need_it(self):
        seen = self.after(faults.row_locked)

        self.assert_only({302, 503}, seen["book"])  # 302 for the one who waits as it comes free
        self.assertEqual({answer.retry_after for answer in seen["book"] if answer.status == 503}, {"2"})
        for request in ("/healthz", "/", "another showtime"):
            self.assertEqual(statuses(seen[request]).keys(), {200}, request)
        self.assertEqual(statuses(seen["buying there"]), {302: 3})
        self.assertLess(slowest(seen["/healthz"]), 3)  # one, on a machine that does nothing else
        self.assertLess(slowest(seen["/"]), 4)

    def test_cut_database_connections_cause_503_at_worst_and_no_lost_ticket(self):
        self.assert_only({302, 409, 503}, self.after(faults.connections_cut)["buying"])
        self.assertTrue(self.site.books_balance())

    def test_without_postgresql_each_request_gets_the_right_status(self):
        seen = self.after(faults.postgres_stopped)

        self.assertEqual(
            {request: list(statuses(answers)) for request, answers in seen.items()},
            {
                "a page": [503],
                "/healthz": [200],
                "nothing there": [404],
                "wrong method": [405],
                "no token": [403],
                "foreign host": [400],
                "missing slash": [301],
            },
        )

    def test_pages_do_not_wait_for_a_frozen_postgresql(self):
        pages = self.after(faults.postgres_frozen)["a page"]

        self.assert_only({503}, pages)
        self.assertLess(slowest(pages), 7)
        self.assertTrue(all(answer.retry_after for answer in pages))

    def test_without_redis_holds_are_refused_and_pages_still_work(self):
        seen = self.after(faults.redis_stopped)

        self.assertEqual((statuses(seen["hold"]), statuses(seen["a page"])), ({503: 3}, {200: 2}))
        self.assertLess(slowest(seen["hold"]), 3)

    def test_a_killed_web_process_is_replaced(self):
        self.assert_only({200, NO_ANSWER}, self.after(faults.web_process_killed)["/"])

    def test_the_next_worker_takes_over_the_task_of_a_killed_one(self):
        _, details = self.after(faults.worker_killed)

        self.assertEqual(
            details, {"emails": 2, "owed": False}
        )  # killed after the first: one too many at most
