"""The program that gstorm starts for a Python topology:

    python3 .../boot.py describe FILE [--component NAME]... [--class C] [--env E] [--name N] [-- ARGS]
    python3 .../boot.py task     FILE  --component NAME     [--class C] [--env E] [--name N] [-- ARGS]

The topology's file is loaded as a module of its own, so `__name__ == "__main__"` is false in it. This file is plain enough
for any Python 3 to read, so that one that is too old can say so.
"""
import os
import sys

if sys.version_info < (3, 9):
    sys.exit("gstorm needs Python 3.9 or later, this is Python %d.%d" % sys.version_info[:2])



def main():
    here = os.path.dirname(os.path.abspath(__file__))
    if sys.path[0] != here:  # it is there unless Python was told to be safe (PYTHONSAFEPATH)
        sys.path.insert(0, here)

    from gstorm_boot.streams import Streams

    streams = Streams.take(sys.argv[1] if len(sys.argv) > 1 else "")  # before anything else may print

    from gstorm_boot.main import Main

    Main(sys.argv[1:], streams, here).run()


if __name__ == "__main__":  # and not in what multiprocessing starts
    main()
