"""Exercise and return-to-run plans for runners with back pain."""

__version__ = "0.1.0"
