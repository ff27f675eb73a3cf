"""The version of streamparse whose names these are."""

VERSION = (5, 0, 1)
__version__ = "5.0.1"
