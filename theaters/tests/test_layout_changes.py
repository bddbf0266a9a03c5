from datetime import timedelta

from django.core.exceptions import ValidationError
from django.test import TestCase
from django.utils import timezone

from moviebooking.testing import make_screen, make_showtime
from theaters.layout_changes import SeatsLost, SeatsSold, change_layout
from theaters.models import Screen, Showtime

from .support.sales import promise, sell


def free_seats(showtime):
    return Showtime.objects.values_list("available_seats", flat=True).get(pk=showtime.pk)


def layout_of(screen):
    return Screen.objects.values_list("layout", flat=True).get(pk=screen.pk)


class ScreenWithSoldSeats(TestCase):
    def setUp(self):
        self.screen = make_screen("SSS\nPPP")
        self.showtime = make_showtime(screen=self.screen)

    def change(self, layout):
        self.screen.layout = layout
        self.screen.save()

    def assert_refused(self, layout, seats):
        """By full_clean() and by save(), with nothing changed."""
        before = layout_of(self.screen), free_seats(self.showtime)
        self.screen.layout = layout
        with self.assertRaises(ValidationError) as caught:
            self.screen.full_clean()
        self.assertEqual(list(caught.exception.message_dict), ["layout"])
        with self.assertRaises(SeatsLost) as caught:
            self.screen.save()
        self.assertEqual(caught.exception.seats, seats)
        self.assertEqual((layout_of(self.screen), free_seats(self.showtime)), before)

    def test_a_map_that_can_not_be_read_is_never_written(self):
        with self.assertRaises(ValidationError) as caught:
            self.change("SxS")
        with self.assertRaises(ValidationError):
            make_screen("")
        self.assertEqual(
            caught.exception.messages, ["Line 1, column 2: “x” isn’t a known seat; use S, P, R, W, C, _"]
        )
        self.assertEqual([layout_of(self.screen), Screen.objects.count()], ["SSS\nPPP", 1])

    def test_a_ticketed_seat_may_not_go(self):
        sell(self.showtime, "A3", "B1")
        self.assert_refused("SS\nPPP", ["A3"])

    def test_the_sentence_names_the_seats(self):
        sell(self.showtime, "A3", "B3")
        self.screen.layout = "SS\nPP"
        with self.assertRaises(SeatsLost) as caught:
            self.screen.save()
        self.assertEqual(
            caught.exception.message_dict,
            {"layout": ["Seats A3, B3 are sold for upcoming shows and would disappear."]},
        )

    def test_a_seat_that_is_being_paid_may_not_go(self):
        promise(self.showtime, "A3", "A2")
        self.assert_refused("SS\nPPP", ["A3"])

    def test_a_sold_premium_seat_may_not_become_a_standard_one(self):
        sell(self.showtime, "B2")
        self.assert_refused("SSS\nPSP", ["B2"])

    def test_an_unsold_seat_may_go(self):
        sell(self.showtime, "A1")
        self.change("SS\nPPP")
        self.assertEqual(free_seats(self.showtime), 4)

    def test_a_promise_past_its_deadline_and_a_void_ticket_keep_no_seat(self):
        promise(self.showtime, "A3", minutes=-1)
        sell(self.showtime, "B3", voided=True)
        self.change("SS\nPP")
        self.assertEqual(free_seats(self.showtime), 4)

    def test_a_showtime_that_has_begun_keeps_no_seat(self):
        begun = make_showtime(screen=self.screen, starts_in=timedelta(hours=-1))
        sell(begun, "A1", "A2", "A3", "B1", "B2")
        self.change("S\nP")
        self.assertEqual((free_seats(begun), free_seats(self.showtime)), (0, 2))

    def test_another_screens_sales_do_not_matter(self):
        sell(make_showtime("SSS"), "A3")
        self.change("SS\nPPP")
        self.assertEqual(layout_of(self.screen), "SS\nPPP")

    def test_the_free_seats_of_every_showtime_follow_the_new_capacity(self):
        other = make_showtime(screen=self.screen, starts_in=timedelta(days=2))
        elsewhere = make_showtime("SSSS")
        sell(self.showtime, "A1", "A2")
        sell(other, "B1")
        self.change("SSS\nPPP\nRR_RR")
        self.assertEqual([free_seats(one) for one in (self.showtime, other, elsewhere)], [8, 9, 4])

    def test_a_counter_that_had_gone_wrong_is_right_again(self):
        Showtime.objects.update(available_seats=1)
        self.change("SSS\nPPPP")
        self.assertEqual(free_seats(self.showtime), 7)

    def test_a_new_name_leaves_the_counts_alone(self):
        Showtime.objects.update(available_seats=1)
        self.screen.name = "Grand"
        self.screen.save()
        self.assertEqual(free_seats(self.showtime), 1)

    def test_a_save_of_the_name_alone_writes_no_layout(self):
        sell(self.showtime, "A3")
        self.screen.name, self.screen.layout = "Grand", "SS"
        self.screen.save(update_fields=["name"])
        self.assertEqual(layout_of(self.screen), "SSS\nPPP")

    def test_the_queries_do_not_grow_with_the_showtimes(self):
        self.screen.layout = "SSS\nPPP\nS"
        for count in (1, 3):
            while self.screen.showtimes.count() < count:
                make_showtime(screen=self.screen)
            with self.subTest(count), self.assertNumQueries(8):
                change_layout(self.screen, old="SSS\nPPP", now=timezone.now())


class ShowtimeThatMoves(TestCase):
    def setUp(self):
        self.showtime = make_showtime("SSS\nPPP")

    def move(self, layout):
        self.showtime.screen = make_screen(layout)
        self.showtime.save()

    def assert_refused(self):
        """By full_clean() and by save(), with nothing changed, though the other screen has the same seats."""
        before = Showtime.objects.values().get()
        self.showtime.screen = make_screen("SSS\nPPP")
        with self.assertRaises(ValidationError) as caught:
            self.showtime.full_clean()
        self.assertEqual(list(caught.exception.message_dict), ["screen"])
        for fields in (None, ["screen"]):
            with self.subTest(fields), self.assertRaises(SeatsSold):
                self.showtime.save(update_fields=fields)
        self.assertEqual(Showtime.objects.values().get(), before)

    def test_one_with_a_ticket_stays_where_its_visitor_goes(self):
        sell(self.showtime, "A1")
        self.assert_refused()

    def test_one_that_is_being_paid_too(self):
        promise(self.showtime, "A3")
        self.assert_refused()

    def test_one_of_which_nothing_is_sold_any_more_moves(self):
        sell(self.showtime, "A1", voided=True)
        promise(self.showtime, "A3", minutes=-1)
        self.move("SSSS\nPPPP")
        self.assertEqual(free_seats(self.showtime), 8)

    def test_another_showtimes_sales_do_not_matter(self):
        sell(make_showtime(screen=self.showtime.screen, starts_in=timedelta(days=2)), "B3")
        self.move("SS\nPP")
        self.assertEqual(free_seats(self.showtime), 4)

    def test_a_save_of_the_screen_alone_takes_the_count_along(self):
        self.showtime.screen = make_screen("SS")
        self.showtime.save(update_fields=["screen"])
        self.assertEqual(free_seats(self.showtime), 2)
