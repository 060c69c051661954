"""Pages put together from blocks that were rendered before.

A page is cut where its templates say so (``cut``). Each block is rendered by WeasyPrint once
(``block``), kept under the hash of all that it depends on (``store``), and placed on tagged pages
(``stack``, ``compose``). ``printing`` is the way in. Whatever the marks or the blocks do not
allow is printed by WeasyPrint alone, which remains the reference.
"""
