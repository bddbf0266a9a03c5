import shutil
import subprocess
import tempfile
from pathlib import Path
from unittest import skipUnless

from django.core import mail
from icalendar import Calendar

from bookings import documents
from bookings.documents.qr import qr_svg
from bookings.models import Booking
from moviebooking.testing import make_movie, make_showtime, make_user, words_of

from .support.qr_pictures import drawn
from .support.steps import BookingTestCase, book, buy


def scanned(*pictures):
    """Return the codes that zbar reads in the pictures."""
    scan = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", *pictures]
    return subprocess.run(scan, capture_output=True, text=True, timeout=60).stdout.split()


class BookingDocumentTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime = make_showtime("SSSSSS\nPPP", movie=make_movie("The Long Ferry", duration=100))
        cls.ann, cls.bob = make_user(), make_user()

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)
        self.booking = buy(self.ann, self.showtime, ["A1", "A2", "B1"])
        self.page = self.booking.get_absolute_url()

    def booking_for_pages(self):
        return Booking.objects.for_pages().get(pk=self.booking.pk)

    def test_the_tickets_are_a_pdf_that_is_not_cached(self):
        response = self.client.get(f"{self.page}ticket.pdf")

        self.assertEqual((response.status_code, response["Content-Type"]), (200, "application/pdf"))
        self.assertTrue(response.content.startswith(b"%PDF-"))
        self.assertEqual(response["Cache-Control"], "private, no-store")

    @skipUnless(
        shutil.which("zbarimg") and shutil.which("pdftoppm"), "zbar-tools and poppler-utils are missing"
    )
    def test_every_ticket_code_in_the_pdf_can_be_scanned(self):
        with tempfile.TemporaryDirectory() as folder:
            sheet = Path(folder, "tickets.pdf")
            sheet.write_bytes(documents.tickets_pdf(self.booking_for_pages()))
            subprocess.run(
                ["pdftoppm", "-r", "110", "-png", sheet, Path(folder, "sheet")], check=True, timeout=60
            )
            pages = sorted(Path(folder).glob("sheet*.png"))
            scan = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", *pages]
            read = subprocess.run(scan, capture_output=True, text=True, timeout=60).stdout.split()
        self.assertEqual(sorted(read), sorted(ticket.code for ticket in self.booking.tickets.all()))

    @skipUnless(shutil.which("zbarimg"), "zbar-tools is missing")
    def test_a_code_can_be_scanned_from_a_cracked_screen(self):
        from PIL import ImageDraw

        code = self.booking.tickets.first().code
        image = drawn(qr_svg(code)).convert("RGB")
        crack = ImageDraw.Draw(image)
        crack.line([(0, image.height * 0.55), (image.width, image.height * 0.7)], fill="white", width=9)
        crack.line([(image.width * 0.6, 0), (image.width * 0.5, image.height)], fill="black", width=6)
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            image.save(file.name)
            scan = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file.name]
            self.assertEqual(
                subprocess.run(scan, capture_output=True, text=True, timeout=60).stdout.strip(), code
            )

    def test_the_calendar_file_has_the_showtime_in_the_theaters_time_zone(self):
        response = self.client.get(f"{self.page}calendar.ics")

        self.assertEqual(response["Content-Type"], "text/calendar; charset=utf-8")
        [event] = Calendar.from_ical(response.content).walk("VEVENT")
        self.assertEqual(event["SUMMARY"], f"The Long Ferry at {self.showtime.screen.theater.name}")
        self.assertEqual(event.decoded("DTSTART"), self.showtime.start_time.replace(microsecond=0))
        self.assertEqual(str(event["DTSTART"].params["TZID"]), "Asia/Kolkata")
        self.assertIn("A1, A2, B1", event["DESCRIPTION"])
        self.assertIn(self.booking.reference, event["UID"])

    def test_the_receipt_is_a_pdf(self):
        response = self.client.get(f"{self.page}receipt.pdf")

        self.assertEqual((response.status_code, response["Content-Type"]), (200, "application/pdf"))

    def test_only_the_owner_of_a_confirmed_booking_gets_its_documents(self):
        waiting = book(self.ann, self.showtime, ["A3"]).get_absolute_url()
        for name in ("ticket.pdf", "calendar.ics", "receipt.pdf"):
            with self.subTest(name):
                self.assertEqual(self.client.get(waiting + name).status_code, 404)
                self.client.force_login(self.bob)
                self.assertEqual(self.client.get(self.page + name).status_code, 404)
                self.client.logout()
                self.assertEqual(self.client.get(self.page + name).status_code, 302)
                self.client.force_login(self.ann)

    def test_the_email_with_the_tickets_attached_can_be_sent_again(self):
        with self.captureOnCommitCallbacks(execute=True):
            response = self.client.post(f"{self.page}resend/", follow=True)

        self.assertContains(response, "emailed your tickets again to")
        [message] = mail.outbox
        self.assertEqual(
            [(name, kind) for name, _, kind in message.attachments],
            [
                (f"tickets-{self.booking.reference}.pdf", "application/pdf"),
                (f"movie-{self.booking.reference}.ics", "text/calendar"),
            ],
        )

    def test_the_page_names_the_email_address_even_if_it_is_not_confirmed(self):
        self.assertIsNone(self.ann.email_verified_at)

        self.assertContains(self.client.get(self.page), f"Your tickets are also emailed to {self.ann.email}.")

    def test_another_visitor_can_not_have_the_email_sent(self):
        self.client.force_login(self.bob)

        self.assertEqual(self.client.post(f"{self.page}resend/").status_code, 404)
        self.assertEqual(mail.outbox, [])

    def test_without_an_email_address_resending_says_what_to_do(self):
        type(self.ann).objects.filter(pk=self.ann.pk).update(email="")

        page = self.client.post(f"{self.page}resend/", follow=True)

        self.assertContains(page, "Add an email address to your account first.")
        self.assertContains(page, "Add an email address to get your tickets by email, too.")
        type(self.ann).objects.filter(pk=self.ann.pk).update(unverified_email="another@example.test")
        self.assertContains(self.client.post(f"{self.page}resend/", follow=True), "Confirm your email first.")
        self.assertEqual(mail.outbox, [])


class SharedTicketTests(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.showtime, cls.ann, cls.bob = make_showtime("SSSS"), make_user("ann"), make_user("bob")

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)
        self.booking = buy(self.ann, self.showtime, ["A1", "A2"])

    def share_ticket(self, seat, **fields):
        return self.client.post(f"{self.booking.get_absolute_url()}tickets/{seat}/", fields)

    def shared_url(self, seat):
        return f"/tickets/{self.booking.tickets.get(seat=seat).link_code}/"

    def test_whoever_has_the_link_sees_that_ticket_and_nothing_else(self):
        self.share_ticket("A2")
        self.client.logout()

        response = self.client.get(self.shared_url("A2"))

        self.assertContains(response, self.showtime.movie.title)
        self.assertEqual(response.context["ticket"]["seat"], "A2")
        self.assertEqual(words_of(response) & {"A1", "A2", "ann", self.booking.reference}, {"A2"})
        self.assertNotContains(response, "₹")
        self.assertIn("no-store", response["Cache-Control"])

    def test_a_shared_link_can_be_turned_off_and_replaced_by_another(self):
        self.share_ticket("A2")
        first = self.shared_url("A2")
        self.share_ticket("A2")
        self.assertEqual(self.shared_url("A2"), first)

        self.share_ticket("A2", back="1")

        self.assertContains(self.client.get(first), "It was turned off", status_code=404)
        self.share_ticket("A2")
        self.assertNotEqual(self.shared_url("A2"), first)

    def test_sharing_a_ticket_does_not_change_its_code(self):
        before = self.booking.tickets.get(seat="A2").code
        self.share_ticket("A2")
        self.share_ticket("A2", back="1")

        self.assertEqual(self.booking.tickets.get(seat="A2").code, before)

    def test_the_shared_link_of_a_cancelled_booking_is_404(self):
        from django.utils import timezone

        from bookings.money import refunds

        self.share_ticket("A2")
        refunds.cancel_booking(booking=self.booking, now=timezone.now())

        self.assertEqual(self.client.get(self.shared_url("A2")).status_code, 404)

    def test_only_the_owner_can_share_a_ticket_and_only_of_a_booked_seat(self):
        self.assertEqual(self.share_ticket("A3").status_code, 404)
        self.client.force_login(self.bob)
        self.assertEqual(self.share_ticket("A2").status_code, 404)
        self.assertEqual(self.client.get(f"{self.booking.get_absolute_url()}tickets/A2/").status_code, 405)

    def test_tickets_without_a_link_can_not_be_found_by_a_null_code(self):
        for code in ("None", "null", "%00"):
            self.assertEqual(self.client.get(f"/tickets/{code}/").status_code, 404)


class ServiceWorkerTests(BookingTestCase):
    def test_service_workers_are_served_with_no_wider_scope_than_their_folder(self):
        for path in ("/bookings/worker.js", "/tickets/worker.js"):
            response = self.client.get(path)

            self.assertEqual(response["Content-Type"], "text/javascript; charset=utf-8")
            self.assertIn("no-store", response["Cache-Control"])
            self.assertIn(b"addEventListener", b"".join(response.streaming_content))
            self.assertNotIn("Service-Worker-Allowed", response)
