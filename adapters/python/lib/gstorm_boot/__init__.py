"""What boot.py does before the library proper is loaded: it must not import it, for it is not yet known which copy."""
