"""How static files are named in production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModulesStorage(CompressedManifestStaticFilesStorage):
    """The names by which ES modules import each other are hashed as well, so that a page which was opened
    during a deploy never runs modules of two releases."""

    support_js_module_import_aggregation = True
