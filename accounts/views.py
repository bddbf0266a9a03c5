from django.http import HttpResponse


def register(request, **kwargs):
    return HttpResponse("")


def login(request, **kwargs):
    return HttpResponse("")


def logout(request, **kwargs):
    return HttpResponse("")


def profile(request, **kwargs):
    return HttpResponse("")
