"""Files a person writes, read into values of the core."""
