from django.http import HttpResponse


def theater_list(request, **kwargs):
    return HttpResponse("")


def choose_city(request, **kwargs):
    return HttpResponse("")


def detail(request, **kwargs):
    return HttpResponse("")
