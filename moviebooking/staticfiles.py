"""The storage of static files in production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModulesStorage(CompressedManifestStaticFilesStorage):
    """Also hash the names in imports of ES modules.

    So a page that is open during a deployment never runs modules of two releases.
    """

    support_js_module_import_aggregation = True
