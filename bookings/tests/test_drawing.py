"""The seat map as it is drawn, and the card of a ticket."""

from bookings.documents import ticket_card
from bookings.models import Ticket
from bookings.seats import drawing
from bookings.seats.showtime_snapshot import snapshot_of
from theaters.models import Screen

from .support.steps import BookingTestCase, buy, make_showtime, make_user


class SeatMapRowTests(BookingTestCase):
    def rows(self, layout):
        showtime = make_showtime(layout)
        return drawing.rows(snapshot_of(showtime))

    def drawn(self, layout):
        return [
            "".join(place.kind.code if place else "_" for place in row.places) for row in self.rows(layout)
        ]

    def test_a_row_has_the_letter_of_its_seats_and_an_empty_row_has_none(self):
        self.assertEqual([row.letter for row in self.rows("_SS\n___\nSS")], ["A", "", "C"])

    def test_each_place_knows_its_number_and_its_column(self):
        [row] = self.rows("_SS_P")

        seats = [(seat.label, seat.number, seat.column) for seat in row.places if seat]
        self.assertEqual(seats, [("A1", 1, 1), ("A2", 2, 2), ("A3", 3, 4)])

    def test_a_row_has_the_class_of_most_of_its_seats(self):
        self.assertEqual([row.kind.code for row in self.rows("WSS\nPPC\nSPP")], ["S", "P", "P"])

    def test_a_band_begins_where_the_class_changes_and_not_at_an_empty_row(self):
        rows = self.rows("SSS\nSSW\n___\nSSS\nPPP\n___\nPPP\nSSS")

        bands = [row.band and row.band.code for row in rows]
        self.assertEqual(bands, ["S", None, None, None, "P", None, None, "S"])

    def test_aisles_are_drawn_one_place_wide(self):
        self.assertEqual(self.drawn("S___S__S"), ["S_S_S"])
        self.assertEqual(self.drawn("__SS__\n__SS"), ["_SS_", "_SS"])
        self.assertEqual(self.drawn("S__S\nSS_S"), ["S__S", "SS_S"])

    def test_the_legend_has_each_class_once_with_its_price_including_fee_and_tax(self):
        showtime = make_showtime("RSS\nSSR")

        legend = drawing.legend(snapshot_of(showtime))

        self.assertEqual(
            [(kind.code, str(kind.name), str(kind.price), kind.price_words) for kind in legend],
            [("S", "Standard", "247.80", "₹247.80"), ("R", "Recliner", "433.65", "₹433.65")],
        )


class TicketCardTests(BookingTestCase):
    def card(self, ticket):
        stored = Ticket.objects.select_related("showtime__screen").get(pk=ticket.pk)
        return ticket_card(stored, stored.showtime.screen)

    def test_a_ticket_card_names_row_number_and_class(self):
        showtime = make_showtime("\n".join(["S"] * 26 + ["S" * 11 + "P"]))
        ticket = buy(make_user(), showtime, ["AA12"]).tickets.get()

        card = self.card(ticket)

        self.assertEqual(
            [card[key] for key in ("seat", "row", "number", "class_name", "link_code")],
            ["AA12", "AA", "12", "Premium", None],
        )
        self.assertIn("<svg", card["qr"])

    def test_a_seat_removed_from_the_layout_has_no_class(self):
        showtime = make_showtime("SS")
        ticket = buy(make_user(), showtime, ["A2"]).tickets.get()
        Screen.objects.filter(pk=showtime.screen_id).update(layout="S")

        self.assertEqual([self.card(ticket)[key] for key in ("seat", "class_name")], ["A2", ""])
