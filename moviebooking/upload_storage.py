"""Store uploads on the local disk, as complete files or not at all."""

import errno
import os
import secrets

from django.core.files.storage import FileSystemStorage

NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def is_disk_full(exception):
    """Return True for an OSError that says the disk, or the quota on it, is full."""
    return isinstance(exception, OSError) and exception.errno in NO_ROOM


class AtomicFileStorage(FileSystemStorage):
    """Write under a temporary name and rename the complete file. Delete it if it can't be written."""

    def _save(self, name, content):
        part = f"{name}.{secrets.token_hex(6)}.part"
        try:
            super()._save(part, content)
            os.replace(self.path(part), self.path(name))
        except OSError:
            self.delete(part)
            raise
        return name
