"""Archives whose bytes depend on nothing but what is in them."""

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo


def zipped(files: Iterable[tuple[str, bytes]], made_on: date) -> bytes:
    """Return a ZIP archive of named files, in order, all dated *made_on*."""
    found = BytesIO()
    with ZipFile(found, "w", ZIP_DEFLATED) as archive:
        for name, content in files:
            entry = ZipInfo(name, (made_on.year, made_on.month, made_on.day, 0, 0, 0))
            entry.compress_type = ZIP_DEFLATED
            # Without this, some systems unpack files that nobody may read.
            entry.external_attr = 0o644 << 16
            # The system that packs is written in the archive, too.
            entry.create_system = 3
            archive.writestr(entry, content)
    return found.getvalue()
