"""The version of pystorm whose names these are."""

VERSION = (3, 1, 4)
__version__ = "3.1.4"
