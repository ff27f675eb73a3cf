"""Bolts under test."""
from __future__ import annotations

import textwrap

STREAMS = {"outputs": {"default": ["x"], "late": ["a", "b"]}, "inputs": {"source": ["word", "n"]}}


def bolt(sources, text, **options):
    """A Host that plays to a task of the bolt B that the text defines."""
    head = "from gostorm import BatchingBolt, Bolt, Emit, Stream, TicklessBatchingBolt, Topology, bolt\n"
    tail = "\nclass T(Topology):\n    b = B.spec(inputs=['source'])\n"
    return sources.task(head + textwrap.dedent(text) + tail, "b", **{**STREAMS, **options})


def commands(messages):
    return [message["command"] for message in messages]


def values(messages):
    """What the emits among the messages emit."""
    return [message["tuple"] for message in messages if message.get("command") == "emit"]
