from django.test import override_settings

from moviebooking.testing import make_user

from .support.pages import PageWalk

DOWNLOADS_A_MINUTE = 10


class Errors(PageWalk):
    @override_settings(ROOT_URLCONF="moviebooking.tests.quality.support.extra_urls")
    def test_error_pages(self):
        self.see("error-400", "/wrong/400", 400)
        self.see("error-403", "/wrong/403", 403)
        self.see("error-404", "/wrong/404", 404)
        self.see("error-405", "/showtimes/1/hold/", 405)
        self.see("error-500", "/wrong/500", 500)
        self.see("error-503", "/wrong/503", 503)

    def test_the_page_for_a_missing_csrf_token(self):
        self.send("error-csrf", "/accounts/language/", [("csrfmiddlewaretoken", "stale")], 403)

    @override_settings(THROTTLES=True)
    def test_the_page_of_a_throttled_visitor(self):
        self.sign_in(make_user("ann"))
        for _ in range(DOWNLOADS_A_MINUTE):
            self.page.request.get("/accounts/data.json")

        self.see("error-429", "/accounts/data.json", 429)
