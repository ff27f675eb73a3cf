# What is trending: the ten tags that came most often in the last minute, as the minute moves on.
#
#   gstorm run examples/03-rolling-top-words/rolling_top_words.py
#   gstorm run examples/03-rolling-top-words/rolling_top_words.py -- 20     twenty times as fast as life
#   gstorm run --ui examples/03-rolling-top-words/rolling_top_words.py -- 10 again     over and over, for http://127.0.0.1:7777,
#                                                                                      whose board "Trending" moves along
#
# Posts -fields-> RollingCount x3 -fields-> Rank x2 -global-> Board, and -> trending, which is on the page
#
# Time is that of the stream: after every ten seconds of posts the spout tells all counters what time it is. What one task
# sends to another arrives in the order in which it was sent, so a counter hears of the time when it has all posts until then,
# and the result never depends on how fast the machine is. Ticks come by the clock on the wall; here they only show that the
# topology is alive.
#
# To try next: another window (SLOTS), another trend in TRENDS, more tasks: none of the tasks counts on a number of others.
import sys
from collections import Counter, defaultdict, deque
from time import monotonic

from gostorm import Bolt, Builtin, Grouping, Spout, Stream, Topology

STEP = 10  # seconds by which the window moves
SLOTS = 6  # steps in a window
TOP = 10

LENGTH = 600
TAGS = ["#music", "#news", "#football", "#food", "#weather", "#cats", "#books", "#travel", "#garden", "#chess"]
TRENDS = {"#comet": range(120, 180), "#goal": range(300, 310), "#blackout": range(510, 600)}


class Posts(Spout):
    """Ten minutes of posts, twenty a second, always the same. Tags are not tracked: a trend does not hang on a single post."""

    outputs = ["tag", Stream(["time"], name="clock")]

    def initialize(self, conf, ctx):
        self.second = 0
        self.seed = 2014
        self.speed = float(sys.argv[1]) if sys.argv[1:] else float("inf")
        self.again = sys.argv[2:] == ["again"]
        self.started = monotonic()

    def next_tuple(self):
        if self.second == LENGTH and not self.again:
            raise StopIteration
        if monotonic() < self.started + self.second / self.speed:
            return  # not yet
        for _ in range(20):
            self.emit([self.tag()])
        self.second += 1
        if self.second % STEP == 0:
            self.emit([self.second], stream="clock")

    def tag(self):
        """A third of the posts follow the trend, if there is one. An eighth are about what hardly anybody else cares for."""
        trend = next((tag for tag, seconds in TRENDS.items() if self.second % LENGTH in seconds), None)
        if trend and self.random(3) == 0:
            return trend
        if self.random(8) == 0:
            return f"#{self.random(5000)}"
        return TAGS[min(self.random(10), self.random(10))]

    def random(self, n):
        """A whole number below n."""
        self.seed = (self.seed * 1664525 + 1013904223) % 4294967296
        return (self.seed >> 16) % n


class RollingCount(Bolt):
    """How often each tag came in the window, told whenever the window moves."""

    outputs = ["tag", "count", "time", Stream(["time"], name="clock")]

    def initialize(self, conf, ctx):
        self.slots = deque((Counter() for _ in range(SLOTS)), maxlen=SLOTS)  # the oldest first

    def process(self, tup):
        if tup.stream == "clock":
            self.slide(tup.time)
        else:
            self.slots[-1][tup.tag] += 1

    def slide(self, time):
        for tag, count in sum(self.slots, Counter()).items():
            self.emit([tag, count, time])
        self.emit([time], stream="clock")
        self.slots.append(Counter())


class Rankings:
    """The rankings of several senders, time by time."""

    def __init__(self, senders):
        self.senders = senders
        self.rows = defaultdict(list)
        self.heard = Counter()

    def add(self, time, rows):
        self.rows[time] += rows

    def close(self, time):
        """To be called once for each sender, after its rows. The last call returns the top of all."""
        self.heard[time] += 1
        if self.heard[time] < self.senders:
            return None
        del self.heard[time]
        return sorted(self.rows.pop(time, []), key=lambda row: (-row[1], row[0]))[:TOP]


class Rank(Bolt):
    """The top of those tags that this task gets to see."""

    outputs = ["time", "top"]

    def initialize(self, conf, ctx):
        self.rankings = Rankings(len(ctx.component_tasks("rolling_count")))

    def process(self, tup):
        if tup.stream != "clock":
            self.rankings.add(tup.time, [[tup.tag, tup.count]])
            return
        top = self.rankings.close(tup.time)
        if top is not None:
            self.emit([tup.time, top])


class Board(Bolt):
    """The top of all tags. Prints what comes and what goes, and how it ends."""

    tick_secs = 5

    def initialize(self, conf, ctx):
        self.rankings = Rankings(len(ctx.component_tasks("rank")))
        self.time = None
        self.top = []

    def process(self, time, top):
        self.rankings.add(time, top)
        top = self.rankings.close(time)
        if top is not None and time >= STEP * SLOTS:  # the first whole window
            self.show(time, top)

    def process_tick(self, tup):
        if self.time:
            self.logger.info("%s %s", clock(self.time), " ".join(names(self.top)[:3]))

    def cleanup(self):
        for rank, (tag, count) in enumerate(self.top, 1):
            print(f"{rank:2d}. {tag:<10} {count:4d}")

    def show(self, time, top):
        come = [f"+{tag}" for tag in names(top) if tag not in names(self.top)]
        gone = [f"-{tag}" for tag in names(self.top) if tag not in names(top)]
        if come:
            print(clock(time), *come, *gone)
        self.time = time
        self.top = top


def names(top):
    return [tag for tag, _ in top]


def clock(time):
    return f"{time // 60}:{time % 60:02d}"


class RollingTopWords(Topology):
    posts = Posts.spec()
    rolling_count = RollingCount.spec(inputs={posts: Grouping.fields("tag"), posts["clock"]: Grouping.ALL}, par=3)
    rank = Rank.spec(inputs={rolling_count: Grouping.fields("tag"), rolling_count["clock"]: Grouping.ALL}, par=2)
    board = Board.spec(inputs={rank: Grouping.GLOBAL})
    trending = Builtin.spec("board", inputs=[rank], title="Trending", keep="ranking", value="top")
