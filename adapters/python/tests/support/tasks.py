"""Tasks under test whose bolt is given by the body of its class."""
from __future__ import annotations

import textwrap

STREAMS = {"outputs": {"default": ["x"]}, "inputs": {"source": ["word"]}}


def bolt(sources, body, head="", base="gostorm", **options):
    return sources.task(source(body, head, base), "b", **{**STREAMS, **options})


def source(body, head="", base="gostorm"):
    body = textwrap.indent(textwrap.dedent(body), "    ")
    given = "S = B" if base == "gostorm" else "from streamparse import Spout\nclass S(Spout):\n    outputs = ['word']"
    inputs = "['source']" if base == "gostorm" else "[source]"
    spout = "" if base == "gostorm" else "    source = S.spec()\n"
    return (f"{textwrap.dedent(head)}\nfrom {base} import Bolt, Topology\n"
            f"class B(Bolt):\n    outputs = ['x']\n{body}\n{given}\n"
            f"class T(Topology):\n{spout}    b = B.spec(inputs={inputs})\n")


def process(code):
    return f"def process(self, tup):\n{textwrap.indent(textwrap.dedent(code), '    ')}"


ECHO = process("return tup['word']")

# What a handler runs to wait until the fixture gate is called.
WAIT = "open('go').read()"
