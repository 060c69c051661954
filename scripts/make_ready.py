"""Makes beforehand what every run would make again: see docs/decisions/0067.

Usage: make_ready.py
"""

import py_compile
import shutil
from pathlib import Path

from programgen.content.ready import NAME, packed, values_of_shipped
from programgen.render.templating import compiled
from programgen.resources import folder


def main() -> None:
    """Write everything into the folder 'ready'."""
    target = folder("ready")
    if not isinstance(target, Path):
        raise SystemExit("the folder 'ready' cannot be written to")
    (target / NAME).write_bytes(packed(values_of_shipped()))
    templates = target / "templates"
    shutil.rmtree(templates, ignore_errors=True)
    templates.mkdir()
    for name, text in compiled():
        (templates / name).write_text(text, encoding="utf-8")
        py_compile.compile(str(templates / name), doraise=True)


if __name__ == "__main__":
    main()
