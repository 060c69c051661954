"""Draws docs/handout.png: three pages of the example handout side by side."""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageOps

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "handout.png"
PAGES = (1, 4, 12)
"""The plan at a glance, a week, exercise cards."""
DPI = 62


def main() -> None:
    """Cut pages out of the PDF that is named and join them."""
    source = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        pages = []
        for number in PAGES:
            stem = Path(folder) / str(number)
            command = ["pdftoppm", "-r", str(DPI), "-png", "-singlefile"]
            subprocess.run(
                [*command, "-f", str(number), "-l", str(number), source, str(stem)], check=True
            )
            page = Image.open(stem.with_suffix(".png")).convert("RGB")
            pages.append(ImageOps.expand(page, border=1, fill="#9aa8ac"))
        wide = sum(page.width for page in pages) + 12 * (len(pages) + 1)
        sheet = Image.new("RGB", (wide, max(page.height for page in pages) + 24), "#e6ecec")
        left = 12
        for page in pages:
            sheet.paste(page, (left, 12))
            left += page.width + 12
    sheet.quantize(128).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
