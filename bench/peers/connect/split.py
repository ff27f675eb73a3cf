"""Answers each line with its words, as a JSON array."""
import json
import sys

for line in sys.stdin:
    sys.stdout.write(json.dumps(line.split()) + "\n")
    sys.stdout.flush()
