"""A finished page printed in a process of its own. Usage: PAGE.html PICTURES.json OUT.pdf [DIR]."""

import json
import sys
from pathlib import Path


def main() -> None:
    """Print with kept blocks, or with WeasyPrint as one would first write it."""
    page, pictures = (Path(name).read_text(encoding="utf-8") for name in sys.argv[1:3])
    target, found = Path(sys.argv[3]), json.loads(pictures)
    if len(sys.argv) > 4:
        from programgen.render.fragments.printing import printed
        from programgen.render.fragments.store import Store

        target.write_bytes(printed(page, found, store=Store(Path(sys.argv[4]))))
    else:
        from weasyprint import HTML

        HTML(string=page).write_pdf(target, pdf_variant="pdf/ua-1")


main()
