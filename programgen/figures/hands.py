"""Shapes of the hand, as angles of the finger joints in degrees."""

from collections.abc import Mapping

HANDS: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "flat": {"finger": {"curl": 0}, "tip": {"curl": 0}},
    "relaxed": {"finger": {"curl": 18}, "tip": {"curl": 18}},
    "fist": {"finger": {"curl": 88}, "tip": {"curl": 100}, "thumb": {"flex": 40, "in": 45}},
    "grip": {"finger": {"curl": 62}, "tip": {"curl": 80}, "thumb": {"flex": 45, "in": 15}},
    "point": {"finger": {"curl": 5}, "tip": {"curl": 0}, "thumb": {"flex": 20, "in": 20}},
}
"""What each shape sets; a figure file names one for the left, the right or both hands."""
