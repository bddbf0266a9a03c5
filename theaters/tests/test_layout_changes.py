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


class ChangeLayoutTests(TestCase):
    def setUp(self):
        self.screen = make_screen("SSS\nPPP")
        self.showtime = make_showtime(screen=self.screen)

    def change(self, layout):
        self.screen.layout = layout
        self.screen.save()

    def assert_refused(self, layout, seats):
        """Assert that full_clean() and save() refuse the layout, and that nothing changes."""
        before = layout_of(self.screen), free_seats(self.showtime)
        self.screen.layout = layout
        with self.assertRaises(ValidationError) as caught:
            self.screen.full_clean()
        self.assertEqual(list(caught.exception.message_dict), ["layout"])
        with self.assertRaises(SeatsLost) as caught:
            self.screen.save()
        self.assertEqual(caught.exception.seats, seats)
        self.assertEqual((layout_of(self.screen), free_seats(self.showtime)), before)

    def test_an_invalid_layout_is_never_saved(self):
        with self.assertRaises(ValidationError) as caught:
            self.change("SxS")
        with self.assertRaises(ValidationError):
            make_screen("")
        self.assertEqual(
            caught.exception.messages, ["Line 1, column 2: “x” isn’t a known seat; use S, P, R, W, C, _"]
        )
        self.assertEqual([layout_of(self.screen), Screen.objects.count()], ["SSS\nPPP", 1])

    def test_a_seat_with_a_ticket_can_not_be_removed(self):
        sell(self.showtime, "A3", "B1")
        self.assert_refused("SS\nPPP", ["A3"])

    def test_the_error_message_names_the_sold_seats(self):
        sell(self.showtime, "A3", "B3")
        self.screen.layout = "SS\nPP"
        with self.assertRaises(SeatsLost) as caught:
            self.screen.save()
        self.assertEqual(
            caught.exception.message_dict,
            {"layout": ["Seats A3, B3 are sold for upcoming shows and would disappear."]},
        )

    def test_a_seat_of_a_pending_booking_can_not_be_removed(self):
        promise(self.showtime, "A3", "A2")
        self.assert_refused("SS\nPPP", ["A3"])

    def test_a_sold_premium_seat_can_not_become_a_standard_one(self):
        sell(self.showtime, "B2")
        self.assert_refused("SSS\nPSP", ["B2"])

    def test_an_unsold_seat_can_be_removed(self):
        sell(self.showtime, "A1")
        self.change("SS\nPPP")
        self.assertEqual(free_seats(self.showtime), 4)

    def test_seats_of_overdue_bookings_and_void_tickets_can_be_removed(self):
        promise(self.showtime, "A3", minutes=-1)
        sell(self.showtime, "B3", voided=True)
        self.change("SS\nPP")
        self.assertEqual(free_seats(self.showtime), 4)

    def test_seats_sold_for_a_showtime_that_has_begun_can_be_removed(self):
        begun = make_showtime(screen=self.screen, starts_in=timedelta(hours=-1))
        sell(begun, "A1", "A2", "A3", "B1", "B2")
        self.change("S\nP")
        self.assertEqual((free_seats(begun), free_seats(self.showtime)), (0, 2))

    def test_sales_on_another_screen_do_not_matter(self):
        sell(make_showtime("SSS"), "A3")
        self.change("SS\nPPP")
        self.assertEqual(layout_of(self.screen), "SS\nPPP")

    def test_the_free_seats_of_all_showtimes_are_recounted_for_the_new_layout(self):
        other = make_showtime(screen=self.screen, starts_in=timedelta(days=2))
        elsewhere = make_showtime("SSSS")
        sell(self.showtime, "A1", "A2")
        sell(other, "B1")
        self.change("SSS\nPPP\nRR_RR")
        self.assertEqual([free_seats(one) for one in (self.showtime, other, elsewhere)], [8, 9, 4])

    def test_a_wrong_count_of_free_seats_is_corrected(self):
        Showtime.objects.update(available_seats=1)
        self.change("SSS\nPPPP")
        self.assertEqual(free_seats(self.showtime), 7)

    def test_renaming_a_screen_does_not_recount_free_seats(self):
        Showtime.objects.update(available_seats=1)
        self.screen.name = "Grand"
        self.screen.save()
        self.assertEqual(free_seats(self.showtime), 1)

    def test_saving_only_the_name_writes_no_layout(self):
        sell(self.showtime, "A3")
        self.screen.name, self.screen.layout = "Grand", "SS"
        self.screen.save(update_fields=["name"])
        self.assertEqual(layout_of(self.screen), "SSS\nPPP")

    def test_changing_a_layout_needs_as_many_queries_for_three_showtimes_as_for_one(self):
        self.screen.layout = "SSS\nPPP\nS"
        for count in (1, 3):
            while self.screen.showtimes.count() < count:
                make_showtime(screen=self.screen)
            with self.subTest(count), self.assertNumQueries(8):
                change_layout(self.screen, old="SSS\nPPP", now=timezone.now())


class MoveShowtimeTests(TestCase):
    def setUp(self):
        self.showtime = make_showtime("SSS\nPPP")

    def move(self, layout):
        self.showtime.screen = make_screen(layout)
        self.showtime.save()

    def assert_refused(self):
        """Assert that full_clean() and save() refuse another screen, though it has the same seats."""
        before = Showtime.objects.values().get()
        self.showtime.screen = make_screen("SSS\nPPP")
        with self.assertRaises(ValidationError) as caught:
            self.showtime.full_clean()
        self.assertEqual(list(caught.exception.message_dict), ["screen"])
        for fields in (None, ["screen"]):
            with self.subTest(fields), self.assertRaises(SeatsSold):
                self.showtime.save(update_fields=fields)
        self.assertEqual(Showtime.objects.values().get(), before)

    def test_a_showtime_with_a_ticket_can_not_move(self):
        sell(self.showtime, "A1")
        self.assert_refused()

    def test_a_showtime_with_a_pending_booking_can_not_move(self):
        promise(self.showtime, "A3")
        self.assert_refused()

    def test_a_showtime_with_only_void_tickets_and_overdue_bookings_can_move(self):
        sell(self.showtime, "A1", voided=True)
        promise(self.showtime, "A3", minutes=-1)
        self.move("SSSS\nPPPP")
        self.assertEqual(free_seats(self.showtime), 8)

    def test_sales_of_another_showtime_do_not_matter(self):
        sell(make_showtime(screen=self.showtime.screen, starts_in=timedelta(days=2)), "B3")
        self.move("SS\nPP")
        self.assertEqual(free_seats(self.showtime), 4)

    def test_saving_only_the_screen_also_updates_the_free_seats(self):
        self.showtime.screen = make_screen("SS")
        self.showtime.save(update_fields=["screen"])
        self.assertEqual(free_seats(self.showtime), 2)
