"""What the surface of the body is made of."""

SKIN, SHIRT, SHORTS, HAIR, SHOE = "skin", "shirt", "shorts", "hair", "shoe"

MATERIALS = (SKIN, SHIRT, SHORTS, HAIR, SHOE)
"""In the order in which they are painted."""
