"""The storms of `chaos`, on servers of their own. Bounds in seconds have room for a busy machine."""

from unittest import skipUnless

from django.db import connection
from django.test import SimpleTestCase

from chaos import storms
from chaos.site import chaos_site
from chaos.visitor import NO_ANSWER, slowest, statuses

from .support.servers import REDIS_SERVER, postgres_bin


@skipUnless(postgres_bin() and REDIS_SERVER, "needs the programs of PostgreSQL and Redis")
@skipUnless(connection.vendor == "postgresql", "once is enough: beside the suite on real servers")
class StormTests(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = cls.enterClassContext(chaos_site())

    def after(self, storm):
        """What was answered meanwhile; afterwards all is well again."""
        outcome = storm(self.site)
        self.assertTrue(outcome.recovered(), (statuses(outcome.afterwards), self.site.log()[-3000:]))
        return outcome.seen if not outcome.details else (outcome.seen, outcome.details)

    def assert_only(self, allowed, answers):
        self.assertLessEqual(statuses(answers).keys(), allowed)

    def test_a_rush_sees_no_refusal(self):
        for asked, answers in self.after(storms.rush).items():
            self.assertEqual(statuses(answers), {302: storms.BUYERS}, asked)

    def test_a_locked_row_keeps_only_those_who_need_it(self):
        seen = self.after(storms.row_locked)

        self.assert_only({302, 503}, seen["book"])  # 302 for the one who waits as it comes free
        self.assertEqual({answer.retry_after for answer in seen["book"] if answer.status == 503}, {"2"})
        for asked in ("/healthz", "/", "another showtime"):
            self.assertEqual(statuses(seen[asked]).keys(), {200}, asked)
        self.assertEqual(statuses(seen["buying there"]), {302: 3})
        self.assertLess(slowest(seen["/healthz"]), 3)  # one, on a machine that does nothing else
        self.assertLess(slowest(seen["/"]), 4)

    def test_cut_connections_are_503_at_worst_and_everybody_gets_their_ticket(self):
        self.assert_only({302, 409, 503}, self.after(storms.connections_cut)["buying"])
        self.assertTrue(self.site.books_are_in_order())

    def test_without_postgresql_everything_has_its_own_status(self):
        seen = self.after(storms.postgres_stopped)

        self.assertEqual(
            {asked: list(statuses(answers)) for asked, answers in seen.items()},
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

    def test_a_frozen_postgresql_is_not_waited_for(self):
        pages = self.after(storms.postgres_frozen)["/"]

        self.assert_only({503}, pages)
        self.assertLess(slowest(pages), 7)
        self.assertTrue(all(answer.retry_after for answer in pages))

    def test_without_redis_nothing_is_held_and_pages_go_on(self):
        seen = self.after(storms.redis_stopped)

        self.assertEqual((statuses(seen["hold"]), statuses(seen["a page"])), ({503: 3}, {200: 2}))
        self.assertLess(slowest(seen["hold"]), 3)

    def test_a_killed_web_process_is_replaced(self):
        self.assert_only({200, NO_ANSWER}, self.after(storms.web_process_killed)["/"])

    def test_a_killed_workers_task_is_done_by_the_next_one(self):
        _, details = self.after(storms.worker_killed)

        self.assertEqual(details, {"mails": 2, "owed": False})  # killed after the first: one too many at most
