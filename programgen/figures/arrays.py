"""Names for the arrays that the drawing passes around."""

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
"""Numbers of any kind; the docstring of the function says shape and unit."""
