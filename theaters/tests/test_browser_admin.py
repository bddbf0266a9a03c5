"""The admin's page of a screen, in a real browser."""

from django.urls import reverse

from moviebooking.testing import make_screen, make_user
from moviebooking.tests.support.browser import BrowserTestCase


class LayoutPictureTests(BrowserTestCase):
    def test_the_picture_of_a_wide_layout_fits_and_stands_beside_its_text(self):
        screen = make_screen("\n".join(["SSSSS__SSSSSSSSSSSSSSS__SSSSS"] * 12))
        self.sign_in(make_user(is_staff=True, is_superuser=True))

        for width in (1280, 1920):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.goto(reverse("admin:theaters_screen_change", args=[screen.pk]))
            text = self.page.locator(".layout-text").bounding_box()
            picture = self.page.locator(".layout-picture").bounding_box()
            rows = self.page.locator(".layout-picture__rows").bounding_box()
            with self.subTest(width):
                self.assertGreater(picture["x"], text["x"] + text["width"])
                self.assertLess(abs(picture["y"] - text["y"]), 20)
                self.assertLessEqual(rows["width"], picture["width"])
