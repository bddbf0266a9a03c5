from unittest import mock

import zxingcpp
from django.test import SimpleTestCase

from bookings.documents.qr import qr_file, qr_svg
from bookings.ticket_codes import new_ticket_code

from .support.qr_pictures import SCALE, drawn


class QRCodeTests(SimpleTestCase):
    def setUp(self):
        self.code = new_ticket_code()

    def test_the_drawings_for_pages_and_for_paper_say_the_code(self):
        for svg, modules in ((qr_svg(self.code), 4 + 41 + 4), (qr_file(self.code).decode(), 1 + 41 + 1)):
            with self.subTest(modules=modules):
                picture = drawn(svg)
                found = zxingcpp.read_barcode(picture)
                self.assertEqual(picture.size, (modules * SCALE, modules * SCALE))
                self.assertEqual([found.text, found.ec_level], [self.code, "Q"])

    def test_a_code_is_drawn_once_for_all_its_uses(self):
        with mock.patch("zxingcpp.create_barcode", wraps=zxingcpp.create_barcode) as create:
            for use in (qr_svg, qr_file, qr_svg):
                use(self.code)

        self.assertEqual(create.call_count, 1)
