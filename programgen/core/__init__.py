"""The domain: pure functions on frozen values, no file, clock or network."""
