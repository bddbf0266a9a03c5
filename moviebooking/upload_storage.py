"""Uploads on the site's own disk: whole files or none."""

import errno
import os
import secrets

from django.core.files.storage import FileSystemStorage

NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def is_disk_full(exception):
    return isinstance(exception, OSError) and exception.errno in NO_ROOM


class AtomicFileStorage(FileSystemStorage):
    """A file gets its name when all of it is written; of one that can't be written nothing stays."""

    def _save(self, name, content):
        part = f"{name}.{secrets.token_hex(6)}.part"
        try:
            super()._save(part, content)
            os.replace(self.path(part), self.path(name))
        except OSError:
            self.delete(part)
            raise
        return name
