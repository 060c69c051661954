"""How WeasyPrint finds its libraries when it is imported."""

import subprocess
import sys
from contextlib import contextmanager

import pytest

from programgen.render import pdf
from programgen.render.pdf import PLAIN_IMPORT, _weasyprint


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux searches with other programs")
def test_no_other_program_is_started():
    """A search for a library would start up to four programs, such as a compiler."""
    code = (
        "import ctypes.util, subprocess\n"
        "search, subprocess.Popen = ctypes.util.find_library, None\n"
        "from programgen.render.pdf import pdf\n"
        "assert pdf('<html lang=en><title>t</title><h1>t</h1>').startswith(b'%PDF')\n"
        "assert ctypes.util.find_library is search\n"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def test_where_full_names_do_not_help_the_libraries_are_searched(monkeypatch):
    """A library in an unusual place is found as ever."""
    tried = []

    @contextmanager
    def nothing():
        tried.append(True)
        raise OSError("no library of this name")
        yield

    monkeypatch.setattr(pdf, "_by_full_name", nothing)
    monkeypatch.setattr(pdf.sys, "platform", "linux")

    assert _weasyprint.__wrapped__().HTML
    assert tried


def test_the_usual_import_can_be_asked_for(monkeypatch):
    """Should the short cut ever do harm, a variable turns it off."""
    monkeypatch.setattr(pdf, "_by_full_name", None)
    monkeypatch.setenv(PLAIN_IMPORT, "1")

    assert _weasyprint.__wrapped__().HTML
