"""HTML to a tagged PDF; WeasyPrint is imported only here and only when called."""

import gc
import logging
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from functools import cache, lru_cache
from typing import Any

from programgen.errors import ProgramgenError
from programgen.render.figure import Figures
from programgen.render.house import KINDS, LOGO, PLAIN, HouseStyle
from programgen.render.pictures import ADDRESS, Pictures
from programgen.resources import folder

ALLOWED = "templates:"
"""The only address that a page may ask for."""


class RenderError(ProgramgenError):
    """The page cannot be turned into a PDF on this machine."""


PLAIN_IMPORT = "PROGRAMGEN_PLAIN_IMPORT"
"""Environment variable; set to anything, WeasyPrint is imported as it stands."""


@contextmanager
def _by_full_name() -> Iterator[None]:
    """While WeasyPrint is imported, do not search for libraries by parts of their names.

    Each search starts up to four programs, such as a compiler, and WeasyPrint begins with names
    that only Windows has. It then asks for the names that Linux has, and those need no search.
    """
    import ctypes.util as known

    def nowhere(name: str) -> str | None:
        del name
        return None

    search = known.find_library
    known.find_library = nowhere
    try:
        yield
    finally:
        known.find_library = search


@cache
def _weasyprint() -> Any:
    if sys.platform == "linux" and not os.environ.get(PLAIN_IMPORT):
        # Of libraries in another place it complains on the terminal, and the search finds them.
        with suppress(OSError), redirect_stdout(None), _by_full_name():
            import weasyprint

            return weasyprint
    try:
        import weasyprint
    except OSError:
        message = (
            "The text library Pango is missing. Install it and try again:\n"
            "  Debian, Ubuntu:  sudo apt-get install --no-install-recommends "
            "libpangoft2-1.0-0 libharfbuzz-subset0\n"
            "  Fedora:          sudo dnf install pango\n"
            "  macOS:           brew install pango"
        )
        raise RenderError(message) from None
    return weasyprint


def _fetcher(weasyprint: Any, pictures: Pictures, house: HouseStyle = PLAIN) -> Any:
    """Return a fetcher that reads our own fonts and the given pictures, and nothing else."""
    logo = house.letterhead.logo if house.letterhead else None

    class Templates(weasyprint.URLFetcher):  # type: ignore[misc]
        """Reads only from the templates folder."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """Return a file of the templates folder; refuse everything else."""
            del headers
            picture = pictures.get(url.removeprefix(ADDRESS))
            if url.startswith(ADDRESS) and picture is not None:
                return weasyprint.urls.URLFetcherResponse(
                    url, picture.encode(), {"Content-Type": "image/svg+xml"}
                )
            if url == LOGO and logo is not None:
                return weasyprint.urls.URLFetcherResponse(
                    url, logo.data, {"Content-Type": KINDS[logo.kind]}
                )
            parts = url.removeprefix(ALLOWED).lstrip("/").split("/")
            if not url.startswith(ALLOWED) or {"..", ""} & set(parts):
                message = f"the page may not read {url[:80]!r}"
                raise ValueError(message)
            found = folder("templates")
            for part in parts:
                found = found / part
            kind = {"ttf": "font/ttf", "css": "text/css"}[parts[-1].rsplit(".", 1)[-1]]
            return weasyprint.urls.URLFetcherResponse(
                url, found.read_bytes(), {"Content-Type": kind}
            )

    return Templates()


class _Warnings(logging.Handler):
    """Keeps what WeasyPrint says."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.said.append(record.getMessage())


MISSING = "?"
"""Stands for a sign that our fonts do not have."""


@cache
def _covered() -> frozenset[str]:
    """Return the signs that every one of our fonts has."""
    text = (folder("templates") / "fonts" / "signs.txt").read_text(encoding="utf-8")
    return frozenset(chr(int(code, 16)) for code in text.split())


def printable(page: str) -> str:
    """Return the page with signs that our fonts have.

    Marks are joined with their letters, signs without a shape are left out, and each other
    sign becomes a question mark: no font of the machine is ever used.
    """
    text = unicodedata.normalize("NFC", page)
    signs = {c for c in set(text) if ord(c) > 126 or ord(c) < 32} - _covered() - {*"\t\n\r"}
    if not signs:
        return text
    kept: dict[str, str | int | None] = {
        c: "" if unicodedata.category(c) in ("Cc", "Cf", "Mn") else MISSING for c in signs
    }
    return text.translate(str.maketrans(kept))


@contextmanager
def _sound(house: HouseStyle) -> Iterator[None]:
    """Collect garbage once at the end, and refuse a page about which WeasyPrint says anything."""
    logger, handler = logging.getLogger("weasyprint"), _Warnings()
    logger.addHandler(handler)
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        logger.removeHandler(handler)
        if was_enabled:
            gc.enable()
            gc.collect()
    if handler.said:
        # A style sheet that is not sound is refused each time, not only when it is parsed.
        _parsed.cache_clear()
        listed = "\n  ".join(handler.said)
        whose = "your own parts of the page are not sound"
        ours = "the page is not sound; please report this"
        message = f"{whose if house.parts else ours}:\n  {listed}"
        raise RenderError(message)


@cache
def _fonts() -> Any:
    """Return the fonts that all documents of this process share."""
    from multiprocessing.util import Finalize

    configuration: Any = _weasyprint().text.fonts.FontConfiguration

    class Shared(configuration):  # type: ignore[misc]
        """Fonts whose folder is removed at the end of the process."""

        def __del__(self) -> None:
            """Do nothing: this late, the interpreter has lost what removes a folder."""

    fonts = Shared()
    # Unlike atexit, this also runs when a worker of a pool ends, and not in a forked child.
    Finalize(None, configuration.__del__, args=(fonts,), exitpriority=0)
    return fonts


@lru_cache(maxsize=8)
def _parsed(style: str) -> Any:
    """Return a style sheet, parsed once for each process."""
    weasyprint = _weasyprint()
    fetcher = _fetcher(weasyprint, {})
    return weasyprint.CSS(string=style, font_config=_fonts(), url_fetcher=fetcher)


_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def written(
    page: str,
    pictures: Pictures,
    house: HouseStyle = PLAIN,
    finisher: Callable[[Any, Any], None] | None = None,
) -> bytes:
    """Return a printable page as WeasyPrint writes it; *finisher* may look at its objects.

    Raises:
        RenderError: Pango is missing, or the page is not sound.
    """
    weasyprint = _weasyprint()
    with _sound(house):
        # Taken out of the page, so that it is parsed once; it is still all the style there is.
        sheets = [_parsed(style) for style in _STYLE.findall(page)]
        found = weasyprint.HTML(
            string=_STYLE.sub("", page), url_fetcher=_fetcher(weasyprint, pictures, house)
        )
        raw: bytes = found.write_pdf(
            stylesheets=sheets,
            font_config=_fonts(),
            cache=Figures(pictures),
            finisher=finisher,
            pdf_variant="pdf/ua-1",
            # What a finisher has taken is compressed again, so the rest need not be.
            uncompressed_pdf=finisher is not None,
        )
    return raw


def pdf(page: str, pictures: Pictures | None = None, house: HouseStyle = PLAIN) -> bytes:
    """Return the page as a tagged PDF; the same page gives the same bytes.

    Raises:
        RenderError: Pango is missing, or the page is not sound.
    """
    return written(printable(page), pictures or {}, house)
