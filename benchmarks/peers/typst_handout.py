"""The handout set by Typst: a comparison, not a product. Usage: VIEW.json OUT.pdf."""

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FONTS = HERE.parents[1] / "templates" / "fonts"


def compiler() -> Any:
    """Return a compiler that may be used again."""
    import typst

    return typst.Compiler(str(HERE / "handout.typ"), font_paths=[str(FONTS)])


def render(typst: Any, view: dict[str, Any]) -> bytes:
    """Return the handout as PDF/UA-1."""
    raw: bytes = typst.compile(
        sys_inputs={"view": json.dumps(view)}, format="pdf", pdf_standards=["ua-1"]
    )
    return raw


if __name__ == "__main__":
    found = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_bytes(render(compiler(), found))
