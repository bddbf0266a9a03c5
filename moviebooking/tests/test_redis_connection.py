"""Connections to Redis servers that misbehave. Each test starts a server of its own on loopback."""

import signal
import socket
import ssl
import time
from contextlib import contextmanager
from threading import Barrier, Thread
from unittest import skipUnless

import redis
from django.conf import settings
from django.core.cache import CacheHandler
from django.test import SimpleTestCase, override_settings, tag

from moviebooking import redis_connection
from moviebooking.tests.support.servers import REDIS_SERVER, own_redis
from moviebooking.tests.support.slow_replies import slow_replies

NOT_HERE = "there is no redis-server on this machine"


@contextmanager
def server_that_never_answers():
    """Accept connections without responding."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def seconds_of(call):
    """Return how many seconds the call took to fail."""
    begin = time.monotonic()
    try:
        call()
    except redis.RedisError:
        return time.monotonic() - begin
    raise AssertionError("it did not fail")


def seconds_of_each(clients):
    """Return how many seconds a ping of each client took to fail, all of them at once."""
    barrier, seconds = Barrier(len(clients)), []

    def ping(client):
        barrier.wait()
        seconds.append(seconds_of(client.ping))

    threads = [Thread(target=ping, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seconds


def waits(call):
    """Return True if the call failed by a timeout, and not at once."""
    return seconds_of(call) > settings.REDIS_TIMEOUT_SECONDS / 2


class StoreTestCase(SimpleTestCase):
    def setUp(self):
        self.forget()
        self.addCleanup(self.forget)

    def forget(self):
        redis_connection._breaker.close()
        redis_connection.client.cache_clear()
        redis_connection.pool.cache_clear()

    def let_the_breaker_probe(self):
        """Let the breaker be open for long enough."""
        redis_connection._breaker._next_probe = time.monotonic()

    def client_of(self, url):
        self.enterContext(override_settings(REDIS_URL=url))
        return redis_connection.client()

    def cache_of(self, url):
        self.enterContext(
            override_settings(
                DJANGO_REDIS_CONNECTION_FACTORY="moviebooking.redis_connection.FailFastConnectionFactory"
            )
        )
        options = {"IGNORE_EXCEPTIONS": True, "SOCKET_TIMEOUT": 0.4, "SOCKET_CONNECT_TIMEOUT": 0.4}
        backend = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url, "OPTIONS": options}
        return CacheHandler({"default": backend})["default"]


@tag("serial")
class SilentServerTests(StoreTestCase):
    def test_only_the_first_call_waits_for_a_silent_server(self):
        with server_that_never_answers() as url:
            client = self.client_of(url)

            waited = [waits(client.ping) for _ in range(5)]

        self.assertEqual(waited, [True, False, False, False, False])

    def test_cache_and_holds_share_the_circuit_breaker(self):
        with server_that_never_answers() as url:
            client, cache = self.client_of(url), self.cache_of(url)

            self.assertEqual([cache.get("one"), waits(client.ping)], [None, False])

    def test_one_call_tries_again_after_a_second(self):
        with server_that_never_answers() as url:
            client = self.client_of(url)
            seconds_of(client.ping)
            self.let_the_breaker_probe()

            self.assertEqual([waits(client.ping), waits(client.ping)], [True, False])

    def test_a_refused_connection_fails_at_once(self):
        client = self.client_of("redis://127.0.0.1:1/0")

        self.assertFalse(waits(client.ping))


class AddressTests(StoreTestCase):
    def test_every_kind_of_redis_url_gets_the_circuit_breaker(self):
        for url, kind in {
            "redis://127.0.0.1:1/3": redis.Connection,
            "rediss://127.0.0.1:1/3": redis.SSLConnection,
            "unix:///nowhere.sock?db=3": redis.UnixDomainSocketConnection,
        }.items():
            with self.subTest(url=url):
                self.forget()
                connection = self.client_of(url).connection_pool.make_connection()

                self.assertIsInstance(connection, kind)
                self.assertEqual(connection.db, 3)
                self.assertRaises(redis.ConnectionError, connection.connect)
                self.assertTrue(redis_connection._breaker.is_open)

    def test_tls_certificates_are_verified_unless_the_url_disables_it(self):
        connection = self.client_of("rediss://127.0.0.1:1/0").connection_pool.make_connection()

        self.assertEqual(connection.cert_reqs, ssl.CERT_REQUIRED)


@tag("serial")
@skipUnless(REDIS_SERVER, NOT_HERE)
class RealServerTests(StoreTestCase):
    def warm_up(self, client):
        """Leave eight connected connections in the client's pool."""
        pool = client.connection_pool
        for connection in [pool.get_connection() for _ in range(8)]:
            pool.release(connection)

    def test_only_the_first_call_waits_for_a_frozen_server_with_many_pooled_connections(self):
        with own_redis() as server:
            client, cache = self.client_of(server.url), self.cache_of(server.url)
            self.warm_up(client)
            cache.set("warm", 1)
            server.send(signal.SIGSTOP)

            waited = [waits(client.ping) for _ in range(10)]

            self.assertEqual([waited, cache.get("warm")], [[True] + [False] * 9, None])

    def test_each_of_many_threads_waits_for_a_frozen_server_at_most_once_and_one_probes(self):
        with own_redis() as server, slow_replies(server.port) as proxy:
            client = self.client_of(proxy.url)
            self.warm_up(client)
            server.send(signal.SIGSTOP)

            waited = seconds_of_each([client] * 8)

            self.assertLess(max(waited), 2)
            self.assertEqual(proxy.made, 9)  # the eight that were there, and the one of the probe
            self.assertFalse(waits(client.ping))

    def test_a_reply_that_is_late_is_waited_for_while_the_server_answers_on_another_connection(self):
        with own_redis() as server, slow_replies(server.port) as proxy:
            client = self.client_of(proxy.url)
            client.set("kept", "as it was")
            proxy.hold_back()

            self.assertEqual(client.get("kept"), "as it was")
            self.assertEqual([proxy.made, redis_connection._breaker.is_open], [2, False])

    def test_a_connection_that_stays_silent_fails_alone(self):
        with own_redis() as server, slow_replies(server.port) as proxy:
            client = self.client_of(proxy.url)
            client.set("kept", 1)
            proxy.hold_back(for_good=True)

            self.assertRaises(redis.TimeoutError, client.get, "kept")
            self.assertEqual([client.get("kept"), redis_connection._breaker.is_open], ["1", False])

    def test_a_restart_between_two_calls_is_not_noticed(self):
        with own_redis() as server:
            client, cache = self.client_of(server.url), self.cache_of(server.url)
            self.assertEqual([client.ping(), cache.set("kept", 1)], [True, True])

            server.restart()

            self.assertEqual([client.ping(), cache.set("kept", 2), cache.get("kept")], [True, True, 2])

    def test_a_restarted_server_is_used_again(self):
        with own_redis() as server:
            client = self.client_of(server.url)
            server.send(signal.SIGSTOP)
            seconds_of(client.ping)
            server.send(signal.SIGCONT)
            self.assertRaises(redis.ConnectionError, client.ping)  # within the second nobody asks
            self.let_the_breaker_probe()

            self.assertEqual([client.ping(), redis_connection._breaker.is_open], [True, False])

    def test_scripts_are_loaded_again_after_a_restart(self):
        with own_redis() as server:
            script = self.client_of(server.url).register_script("return ARGV[1]")
            self.assertEqual(script(args=["one"]), "one")

            server.restart()

            self.assertEqual(script(args=["two"]), "two")
