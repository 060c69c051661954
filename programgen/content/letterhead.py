"""A clinic file and its logo, read and checked."""

from pathlib import Path

from programgen.content.drawings import drawing
from programgen.content.reading import Document, build, read, read_raw
from programgen.core.clinic import Clinic, Drawing, Letterhead
from programgen.errors import ContentError


def read_letterhead(path: Path) -> Letterhead:
    """Read a clinic file and the logo that it names.

    Raises:
        ContentError: every problem of the clinic file, or that of the logo.
    """
    document = read(path)
    clinic = build(Clinic, document)
    return Letterhead(clinic, _logo(clinic.logo, path, document) if clinic.logo else None)


def _logo(name: str, path: Path, document: Document) -> Drawing:
    """Return the logo; it lies beside the clinic file or below."""
    if Path(name).is_absolute() or ".." in Path(name).parts:
        message = "put the logo beside this file, and write its name only, such as 'logo.svg'"
        raise ContentError([document.problem(("logo",), message, "logo")])
    found = path.parent / name
    if not found.is_file():
        message = f"there is no file '{name}' beside this one"
        raise ContentError([document.problem(("logo",), message, "logo")])
    return drawing(read_raw(found, str(found)), str(found))
