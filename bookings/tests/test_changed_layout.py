"""Staff change layouts, house rules and showtimes while seats are sold."""

from datetime import timedelta

from django.utils import timezone

from bookings import lifecycle
from bookings.refusals import SeatsUnavailable
from bookings.seats import chosen_seats
from moviebooking.testing import make_screen
from theaters.models import Theater

from .support.steps import BookingTestCase, book, hold, hold_json, make_showtime, make_user, seats_json, url
from .test_race_late import LatePaymentTestCase

NOT_ON_THE_MAP = "%s isn’t on this seat map. The cinema may have changed the layout."


def relay(screen, layout):
    screen.layout = layout
    screen.save()


class HeldSeatsAfterLayoutChangeTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.screen = make_screen("SSS\nSSS")
        cls.showtime = make_showtime(screen=cls.screen)
        cls.ann, cls.bob = make_user(), make_user()

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)
        with self.captureOnCommitCallbacks(execute=True):
            hold_json(self.client, self.showtime, ["A1", "B1"])
            relay(self.screen, "SSS")

    def test_a_seat_removed_from_the_layout_belongs_to_nobody(self):
        mine = seats_json(self.client, self.showtime).json()
        self.client.force_login(self.bob)
        theirs = seats_json(self.client, self.showtime).json()

        self.assertEqual([mine["mine"], mine["available"]], [["A1"], 3])
        self.assertEqual([theirs["held"], theirs["available"]], [["A1"], 2])

    def test_the_review_names_removed_seats_and_keeps_the_rest(self):
        response = self.client.get(url("create_booking", self.showtime))

        self.assertEqual(response.context["seats"], ["A1"])
        self.assertContains(response, NOT_ON_THE_MAP % "B1")

    def test_a_review_opened_before_the_change_is_refused_and_names_the_seat(self):
        response = self.client.post(url("create_booking", self.showtime), {"seat_ids": ["A1", "B1"]})

        self.assertEqual([response.status_code, response.context["seats"]], [400, ["A1"]])
        self.assertContains(response, NOT_ON_THE_MAP % "B1", status_code=400)

    def test_a_map_opened_before_the_change_is_refused_and_names_the_seat(self):
        response = self.client.post(url("hold", self.showtime), {"seats": ["A2", "B2"]})

        self.assertContains(response, NOT_ON_THE_MAP % "B2", status_code=400)
        self.assertEqual(response.context["ticked"], ["A2"])

    def test_a_visitor_whose_seats_are_all_removed_is_sent_to_the_map_with_the_reason(self):
        with self.captureOnCommitCallbacks(execute=True):
            hold(self.ann, self.showtime, ["A2", "A3"])
            relay(self.screen, "S")
        session = self.client.session
        chosen_seats.remember(session, self.showtime.pk, ["A2", "A3"])
        session.save()

        response = self.client.get(url("create_booking", self.showtime), follow=True)

        several = (
            "A2, A3 aren’t on this seat map. The cinema may have changed the layout. Choose other seats."
        )
        self.assertEqual([str(one) for one in response.context["messages"]], [several])

    def test_only_the_first_of_many_unknown_seats_are_named(self):
        response = self.client.post(
            url("hold", self.showtime), {"seats": [f"{'Z' * 30}{n}" for n in range(99)]}
        )

        named = ", ".join(["Z" * 20] * 20)
        self.assertContains(response, f"{named} aren", status_code=400)
        self.assertNotContains(response, f"{named}, ", status_code=400)

    def test_a_wrong_number_of_seats_is_reported_as_such(self):
        for seats in ([], ["A1", "A1"]):
            response = self.client.post(url("hold", self.showtime), {"seats": seats})

            self.assertContains(response, "Choose 1 to 10 seats.", status_code=400)

    def test_a_booking_by_a_stale_snapshot_is_refused_under_the_row_lock(self):
        with self.assertRaises(SeatsUnavailable) as refused:
            lifecycle.create_pending(
                reference="OLDFACTS2345",
                user=self.bob,
                showtime_id=self.showtime.pk,
                seats=["A2", "B2"],
                quote=None,
                refund_tiers=[],
                expires_at=None,
                now=timezone.now(),
            )

        self.assertEqual(refused.exception.seats, ["B2"])


class LatePaymentAfterLayoutChangeTests(LatePaymentTestCase):
    """The layout had six standard seats, and the booking of two was overdue when it changed."""

    def after_change_to(self, layout):
        booking = self.booking
        type(booking).objects.filter(pk=booking.pk).update(expires_at=timezone.now())
        relay(self.showtime.screen, layout)

    def test_a_late_payment_for_a_removed_seat_is_refunded(self):
        self.after_change_to("S")

        self.settle()

        self.assert_refunded_in_full(status="EXPIRED")

    def test_a_late_payment_for_a_seat_of_a_lower_class_now_is_refunded(self):
        self.booking.quote_lines["lines"][0][0] = "Recliner"
        self.booking.save()
        self.after_change_to("SSP__SSS")

        self.settle()

        self.assert_refunded_in_full(status="EXPIRED")

    def test_a_late_payment_refunded_under_the_row_lock_leaves_its_seats_free(self):
        self.booking.quote_lines["lines"][0][0] = "Recliner"
        self.booking.save()
        self.after_change_to("SSP__SSS")

        self.settle()

        self.assertEqual(hold(self.bob, self.showtime, ["A1", "A2"], now=self.late).seats, ["A1", "A2"])

    def test_a_late_payment_for_a_seat_of_a_higher_class_now_is_confirmed(self):
        self.after_change_to("PPP__SSS")

        self.settle()

        self.assert_confirmed()


class ShowtimeChangeTests(BookingTestCase):
    def setUp(self):
        super().setUp()
        self.showtime, self.ann = make_showtime("SSSSSS"), make_user()
        self.client.force_login(self.ann)

    def test_a_deleted_showtime_cannot_be_held_by_its_cached_snapshot(self):
        hold(self.ann, self.showtime, ["A1"])
        with self.captureOnCommitCallbacks(execute=True):
            type(self.showtime).objects.get(pk=self.showtime.pk).delete()

        self.assertEqual(hold_json(self.client, self.showtime, ["A1"]).status_code, 404)
        self.assertEqual(seats_json(self.client, self.showtime).status_code, 404)

    def test_a_house_rule_applies_as_soon_as_it_is_switched_on(self):
        hold(self.ann, self.showtime, ["A2"])
        theater = self.showtime.screen.theater
        with self.captureOnCommitCallbacks(execute=True):
            theater.no_lone_seats = True
            theater.save()

        refused = hold_json(self.client, self.showtime, ["A2"])

        self.assertEqual([refused.status_code, refused.json()["error"]], [409, "lone_seat"])

    def test_a_house_rule_no_longer_applies_once_it_is_switched_off(self):
        theater = self.showtime.screen.theater
        Theater.objects.filter(pk=theater.pk).update(no_lone_seats=True)
        self.assertEqual(hold_json(self.client, self.showtime, ["A2"]).status_code, 409)
        with self.captureOnCommitCallbacks(execute=True):
            theater.no_lone_seats = False
            theater.save()

        self.assertEqual(hold_json(self.client, self.showtime, ["A2"]).status_code, 200)

    def test_a_postponed_showtime_can_be_held_again_at_once(self):
        begun = make_showtime("SSSSSS", starts_in=timedelta(minutes=-1))
        self.assertEqual(hold_json(self.client, begun, ["A1"]).status_code, 410)
        with self.captureOnCommitCallbacks(execute=True):
            begun.start_time += timedelta(hours=1)
            begun.save()

        self.assertEqual(hold_json(self.client, begun, ["A1"]).status_code, 200)

    def test_a_former_companion_seat_can_be_held_alone_at_once(self):
        showtime = make_showtime("WCSS")
        self.assertEqual(hold_json(self.client, showtime, ["A2"]).status_code, 409)
        with self.captureOnCommitCallbacks(execute=True):
            relay(showtime.screen, "WSSS")

        self.assertEqual(hold_json(self.client, showtime, ["A2"]).status_code, 200)

    def test_a_pending_bookings_seats_are_safe_from_a_new_layout(self):
        book(self.ann, self.showtime, ["A6"])

        with self.assertRaisesMessage(Exception, "A6"):
            relay(self.showtime.screen, "SSSSS")
