"""Browsing never waits for password hashing. test_gunicorn_worker.py tests the same with real threads."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier, Lock

from django.contrib.auth.hashers import check_password, make_password
from django.test import SimpleTestCase, TestCase, override_settings

from moviebooking.password_hashing import HashingQueue, HashingQueueFull, PasswordHasher, hashing_queue
from moviebooking.testing import JSON, make_user

OURS = override_settings(PASSWORD_HASHERS=["moviebooking.password_hashing.PasswordHasher"])
DJANGOS = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"])


class HashingQueueTests(SimpleTestCase):
    def test_threads_hash_one_at_a_time_and_all_get_their_turn(self):
        own, counting, inside, most = HashingQueue(most=8), Lock(), [0], [0]
        start = Barrier(8)

        def take(number):
            start.wait(timeout=30)
            with own.take():
                with counting:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                make_password("x", hasher="md5")
                with counting:
                    inside[0] -= 1
            return number

        with ThreadPoolExecutor(8) as pool:
            self.assertEqual(list(pool.map(take, range(8))), list(range(8)))
        self.assertEqual(most[0], 1)

    def test_one_thread_more_than_may_wait_is_refused_at_once(self):
        own = HashingQueue(most=1)

        with own.take(), self.assertRaises(HashingQueueFull), own.take():
            pass
        with own.take():
            pass


class HasherTests(SimpleTestCase):
    @OURS
    def test_hashes_are_compatible_with_djangos(self):
        with DJANGOS:
            before = make_password("secret")
        self.assertTrue(check_password("secret", before))
        now = PasswordHasher().encode("secret", "salt", 1)
        with DJANGOS:
            self.assertTrue(check_password("secret", now))
            self.assertFalse(check_password("Secret", now))


@OURS
class RushTests(TestCase):
    """With the queue full, every page that hashes a password says so."""

    @classmethod
    def setUpTestData(cls):
        make_user("ann", is_staff=True)

    def setUp(self):
        crowd = self.enterContext(ExitStack())
        self.addCleanup(setattr, hashing_queue, "most", hashing_queue.most)
        hashing_queue.most = 1
        crowd.enter_context(hashing_queue.take())

    def assert_refused(self, response):
        self.assertContains(response, "Many people are signing in right now", status_code=503)
        self.assertEqual(response["Retry-After"], "3")

    def test_signing_in_and_up_get_503_when_the_queue_is_full(self):
        passwords = {"password1": "Another-Pass-7", "password2": "Another-Pass-7"}

        for name in ("ann", "nobody", "nobody@example.test"):
            self.assert_refused(self.client.post("/accounts/login/", {"username": name, "password": "x"}))
        self.assert_refused(self.client.post("/accounts/register/", {"username": "bob", **passwords}))
        self.assert_refused(self.client.post("/admin/login/", {"username": "ann", "password": "x"}))

    def test_a_full_queue_is_a_503_in_json(self):
        form = {"username": "ann", "password": "x"}

        response = self.client.post("/accounts/login/", form, headers=JSON)

        self.assertEqual((response.status_code, response.json()), (503, {"error": "unavailable"}))

    def test_other_pages_work_when_the_queue_is_full(self):
        for page in ("/", "/movies/", "/accounts/login/", "/accounts/register/", "/healthz"):
            self.assertEqual(self.client.get(page).status_code, 200)
