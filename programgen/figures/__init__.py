"""Pictures of exercises, drawn from poses written as data. Needs NumPy (extra: figures)."""
