"""However commits, their patches, readers and the loss of Redis interleave, the live map is right or cold."""

from datetime import UTC, datetime, timedelta
from itertools import count
from unittest import mock

from django.test import SimpleTestCase
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bookings.seats import holds, scripts

from .support.redis_faults import lose_keys
from .support.steps import OwnLiveMaps

SEATS = ("A1", "A2")
LONG = timedelta(seconds=1)  # a change that is missing for so long counts as lost
showtime_ids = count(1)

seats = st.sampled_from(SEATS)
which = st.integers(0, 9)  # of those that there are
usual = [
    st.tuples(st.just("commit"), seats),
    st.tuples(st.just("tell"), which),
    st.tuples(st.just("look"), st.none()),
    st.tuples(st.just("fill"), which),
]
unusual = [
    st.tuples(st.just("tell_twice"), which),
    st.tuples(st.just("lose_patch"), which),
    st.tuples(st.just("read"), which),
    st.tuples(st.just("write_past"), seats),
    st.tuples(st.just("lose_redis"), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([LONG / 2, LONG])),
]
steps = st.lists(st.one_of(*usual * 4, *unusual), max_size=30)


class Play:
    """One showtime: what SQL says, what is on its way to Redis, and readers who are building the map.

    Each change sells a free seat or frees a sold one. `told` says for each seat which is the last of its
    changes that Redis has been told of.
    """

    def __init__(self, case):
        self.case, self.showtime, self.now = case, next(showtime_ids), datetime.now(UTC)
        self.revision = 0
        self.history = {seat: [holds.FREE] for seat in SEATS}
        self.told = dict.fromkeys(SEATS, 0)
        self.patches, self.readers = [], []

    def run(self, steps):
        for name, what in steps:
            getattr(self, name)(what)
            self.assert_nothing_told_is_forgotten()
        self.everything_arrives()

    # --- SQL, and its patches ---------------------------------------------------------------------------

    def change(self, seat):
        claims = self.history[seat]
        claims.append(holds.FREE if claims[-1] else holds.TICKET)

    def commit(self, seat):
        self.change(seat)
        self.revision += 1
        self.patches.append((self.revision, seat, len(self.history[seat]) - 1))

    def tell(self, number, *, again=False):
        if self.patches:
            patch = self.patches[number % len(self.patches)]
            if not again:
                self.patches.remove(patch)
            revision, seat, place = patch
            claims = {seat: self.history[seat][place]}
            holds.patch(self.showtime, revision=revision, claims=claims, now=self.now)
            self.told[seat] = max(self.told[seat], place)

    def tell_twice(self, number):
        self.tell(number, again=True)

    def lose_patch(self, number):
        """The process dies between its commit and the patch."""
        if self.patches:
            self.patches.pop(number % len(self.patches))

    def places(self):
        """Return for each seat the place of its last change in its history."""
        return {seat: len(claims) - 1 for seat, claims in self.history.items()}

    def write_past(self, seat):
        """Rows are written in a shell, without a revision."""
        self.change(seat)
        holds.drop_map(self.showtime, now=self.now)
        self.told = self.places()

    # --- readers ----------------------------------------------------------------------------------------

    def look(self, _):
        """A reader finds the map cold, and asks SQL for the revision."""
        try:
            holds.view(self.showtime, now=self.now)
        except scripts.MapIsCold as cold:
            asked = {"generation": cold.generation, "revision": self.revision}
            self.readers.append((asked, self.places()))

    def read(self, number):
        """A reader asks SQL for the seats, perhaps long after the revision."""
        if self.readers:
            asked, _ = self.readers[number % len(self.readers)]
            asked.setdefault("claims", self.in_sql())

    def fill(self, number):
        if self.readers:
            asked, places = self.readers.pop(number % len(self.readers))
            if holds.fill(self.showtime, **{"claims": self.in_sql(), **asked}, now=self.now):
                self.told = {seat: max(self.told[seat], places[seat]) for seat in SEATS}

    def in_sql(self):
        return {seat: claims[-1] for seat, claims in self.history.items() if claims[-1]}

    # --- Redis ------------------------------------------------------------------------------------------

    def lose_redis(self, _):
        lose_keys()

    def wait(self, time):
        self.now += time

    # --- what must be true ------------------------------------------------------------------------------

    def tickets(self):
        """Return the labels that the map shows as sold, or None if it is cold."""
        try:
            return holds.view(self.showtime, now=self.now).tickets
        except scripts.MapIsCold:
            return None

    def assert_nothing_told_is_forgotten(self):
        """A seat is shown as SQL had it after the last change that Redis was told of, or later."""
        tickets = self.tickets()
        if tickets is not None:
            for seat, claims in self.history.items():
                shown = holds.TICKET if seat in tickets else holds.FREE
                self.case.assertIn(shown, claims[self.told[seat] :], f"{seat} after {claims}")

    def everything_arrives(self):
        """All that is on its way arrives, and one more change, which shows whether one is missing."""
        self.commit("A1")
        while self.patches:
            self.tell(len(self.patches) // 2)
        while self.readers:
            self.fill(len(self.readers) // 2)
        self.wait(LONG)
        if (tickets := self.tickets()) is not None:
            self.case.assertEqual(tickets, set(self.in_sql()))


#: Each guard of the scripts, what stands there without it, and steps after which the map is wrong then.
WITHOUT_GUARD = {
    "of two changes of a seat the newer counts": (
        ("patch", "revision_of(entry) < revision", "true"),
        "look, fill 0, commit A1, commit A1, tell 1, tell 0",
    ),
    "a change that the map has already is ignored": (
        ("patch", "if known and revision <= known then return {'late'} end", ""),
        "commit A1, commit A1, look, fill 0, tell 0",
    ),
    "a map of a lost generation is refused": (
        ("fill", "redis.call('HGET', MAP, '#generation') ~= ARGV[2]", "false"),
        "look, read 0, commit A1, tell 0, lose_redis, fill 0",
    ),
    "changes that came while the map was built are kept": (
        ("fill", "changed_at > revision", "false"),
        "look, read 0, commit A1, tell 0, fill 0",
    ),
    "an older map does not replace a newer one": (
        ("fill", "known and known >= revision", "false"),
        "commit A1, look, read 0, commit A1, look, fill 1, fill 0",
    ),
    "a lost change is noticed": (
        ("prelude", "tonumber(missing) + MISSING_LONG <= now", "false"),
        "look, fill 0, commit A2, lose_patch 0",
    ),
    "a map is dropped": (("drop_map", "forget_map()", ""), "look, fill 0, write_past A1"),
}


def parsed(text):
    """Return the steps that the text names."""
    words = [step.split() for step in text.split(", ")]
    return [(name, int(what[0]) if what and what[0].isdecimal() else "".join(what)) for name, *what in words]


class AnyOrderTests(OwnLiveMaps, SimpleTestCase):
    def test_the_map_is_right_or_cold_in_any_order_of_events(self):
        @given(steps)
        @settings(
            max_examples=150,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        def play(steps):
            Play(self).run(steps)

        play()

    def test_control_without_any_one_of_the_guards_the_map_is_wrong(self):
        self.addCleanup(scripts._script.cache_clear)
        for name, ((script, guard, nothing), text) in WITHOUT_GUARD.items():
            with self.subTest(name):
                Play(self).run(parsed(text))
                whole = scripts._TEXTS[script]
                self.assertEqual(whole.count(guard), 1)

                with mock.patch.dict(scripts._TEXTS, {script: whole.replace(guard, nothing)}):
                    scripts._script.cache_clear()
                    with self.assertRaises(AssertionError):
                        Play(self).run(parsed(text))
                scripts._script.cache_clear()
