"""The README's topology works."""
from __future__ import annotations

import os
import re

README = os.path.join(os.path.dirname(__file__), "..", "README.md")


def source():
    with open(README, encoding="utf-8") as file:
        return re.search(r"^```python\n(.+?)^```", file.read(), re.MULTILINE | re.DOTALL)[1]


def test_it_is_described(sources):
    described = sources.describe(source())
    assert described.topology["name"] == "word_count"
    assert described.topology["problems"] == []


def test_its_components_work(sources):
    one, two = sources.write("one.txt", "a b\n"), sources.write("two.txt", "c\n")
    lines = sources.task(source(), "lines", outputs={"default": ["line"]}, args=[one, two])
    assert [lines.next()[0][0], lines.next()[0][0]] == [["a b"], ["c"]]
    assert [message["command"] for message in lines.command("next")] == ["finished"]
    words = sources.task(source(), "words", inputs={"source": ["line"]}, outputs={"default": ["word"]})
    assert words.emitted("a b") == [["a"], ["b"]]
    count = sources.task(source(), "count", inputs={"source": ["word"]}, outputs={"default": ["word", "count"]})
    count.handle("a")
    assert count.emitted("a") == [["a", 2]]
    count.finish()
    assert count.stdout() == "2 a\n"
