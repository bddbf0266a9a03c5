from django.http import HttpResponse


def seat_map(request, **kwargs):
    return HttpResponse("")


def seat_status(request, **kwargs):
    return HttpResponse("")


def hold(request, **kwargs):
    return HttpResponse("")


def release(request, **kwargs):
    return HttpResponse("")


def create_booking(request, **kwargs):
    return HttpResponse("")


def booking_list(request, **kwargs):
    return HttpResponse("")


def detail(request, **kwargs):
    return HttpResponse("")


def pay(request, **kwargs):
    return HttpResponse("")


def cancel(request, **kwargs):
    return HttpResponse("")
