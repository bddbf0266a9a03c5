from django.http import HttpResponse


def home(request, **kwargs):
    return HttpResponse("")


def movie_list(request, **kwargs):
    return HttpResponse("")


def genre(request, **kwargs):
    return HttpResponse("")


def language(request, **kwargs):
    return HttpResponse("")


def detail(request, **kwargs):
    return HttpResponse("")
