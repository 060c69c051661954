"""What the workers of a pool share: imported once, in the process of which they are copies.

Looking for garbage writes to every object that it looks at, and a page of memory that is written
to is copied. So what is loaded here is left out of it, and stays in memory once for all workers.
"""

import gc
from contextlib import suppress

from programgen import service  # noqa: F401
from programgen.render import page  # noqa: F401
from programgen.render.fragments import printing  # noqa: F401

# Without Pango it cannot be imported; each row then says so.
with suppress(OSError):
    import weasyprint  # noqa: F401

gc.collect()
gc.freeze()
