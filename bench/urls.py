from django.http import HttpResponse
from django.urls import path

from moviebooking.http import login_required_or_401
from moviebooking.urls import *  # noqa: F403
from moviebooking.urls import urlpatterns as site


@login_required_or_401
def empty(request):
    return HttpResponse()


urlpatterns = [path("bench/empty/", empty), *site]
