from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .place import City, Theater


class Favourites(models.Model):
    """The city that an account chose last, and its favourite theaters."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites")
    city = models.ForeignKey(City, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    theaters = models.ManyToManyField(Theater, blank=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("favourites")

    def __str__(self):
        return str(self.user)
