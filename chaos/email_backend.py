import time

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

AFTERWARDS_SECONDS = 2  # a mail has gone out and nobody knows yet: the moment to be killed in


class Mailbox(BaseEmailBackend):
    def send_messages(self, messages):
        with open(settings.MAILBOX, "a") as box:
            box.writelines(f"{message.subject}\n" for message in messages)
        time.sleep(AFTERWARDS_SECONDS)
        return len(messages)
