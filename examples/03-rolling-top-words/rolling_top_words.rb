# What is trending: the ten tags that came most often in the last minute, as the minute moves on.
#
#   gstorm run examples/03-rolling-top-words/rolling_top_words.rb
#   gstorm run examples/03-rolling-top-words/rolling_top_words.rb -- 20     twenty times as fast as life
#   gstorm run --ui examples/03-rolling-top-words/rolling_top_words.rb -- 10 again     over and over, for http://127.0.0.1:7777,
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
require "gstorm"

STEP = 10  # seconds by which the window moves
SLOTS = 6  # steps in a window
TOP = 10

# Ten minutes of posts, twenty a second, always the same. Tags are not tracked: a trend does not hang on a single post.
class Posts < Gstorm::Spout
  output_fields :tag
  stream :clock, [:time]

  LENGTH = 600
  TAGS = %w[#music #news #football #food #weather #cats #books #travel #garden #chess].freeze
  TRENDS = { "#comet" => 120...180, "#goal" => 300...310, "#blackout" => 510...600 }.freeze

  on_init do
    @second = 0
    @random = 2014
    @speed = ARGV.empty? ? Float::INFINITY : Float(ARGV.first)
    @again = ARGV[1] == "again"
    @started = now
  end

  on_send(emit: false) do
    next finish if @second == LENGTH && !@again
    next if now < @started + @second / @speed # not yet

    20.times { emit tag }
    @second += 1
    emit @second, stream: :clock if (@second % STEP).zero?
  end

  # A third of the posts follow the trend, if there is one. An eighth are about what hardly anybody else cares for.
  def tag
    trend, = TRENDS.find { |_tag, time| time.cover?(@second % LENGTH) }
    return trend if trend && random(3).zero?
    return "##{random(5000)}" if random(8).zero?

    TAGS[[random(10), random(10)].min]
  end

  # A whole number below n.
  def random(n)
    @random = (@random * 1664525 + 1013904223) % 4294967296
    (@random >> 16) % n
  end

  def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

# How often each tag came in the window, told whenever the window moves.
class RollingCount < Gstorm::Bolt
  output_fields :tag, :count, :time
  stream :clock, [:time]

  on_init { @slots = Array.new(SLOTS) { Hash.new(0) } } # the oldest first

  on_receive(emit: false) do |t|
    case t
    in { tag: } then @slots.last[tag] += 1
    in { time: } then slide(time)
    end
  end

  def slide(time)
    window = @slots.reduce { |sum, slot| sum.merge(slot) { |_tag, a, b| a + b } }
    window.each { |tag, count| emit tag, count, time }
    emit time, stream: :clock
    @slots = @slots.drop(1) << Hash.new(0)
  end
end

# The rankings of several senders, time by time.
class Rankings
  def initialize(senders)
    @senders = senders
    @rows = Hash.new { |rows, time| rows[time] = [] }
    @heard = Hash.new(0)
  end

  def add(time, *rows) = @rows[time].concat(rows)

  # To be called once for each sender, after its rows. The last call yields the top of all.
  def close(time)
    return unless (@heard[time] += 1) == @senders

    @heard.delete(time)
    yield @rows.delete(time).to_a.sort_by { |tag, count| [-count, tag] }.first(TOP)
  end
end

# The top of those tags that this task gets to see.
class Rank < Gstorm::Bolt
  output_fields :time, :top

  on_init { @rankings = Rankings.new(context.component_tasks(:rolling_count).size) }

  on_receive(emit: false) do |t|
    case t
    in { tag:, count:, time: } then @rankings.add(time, [tag, count])
    in { time: } then @rankings.close(time) { |top| emit time, top }
    end
  end
end

# The top of all tags. Prints what comes and what goes, and how it ends.
class Board < Gstorm::Bolt
  on_init do
    @rankings = Rankings.new(context.component_tasks(:rank).size)
    @top = []
  end

  on_receive(emit: false) do |t|
    @rankings.add(t.time, *t.top)
    @rankings.close(t.time) { |top| show(t.time, top) if t.time >= STEP * SLOTS } # the first whole window
  end

  on_tick(5) { log.info("#{clock(@time)} #{names(@top).first(3).join(" ")}") if @time }

  on_close { @top.each.with_index(1) { |(tag, count), rank| puts format("%2d. %-10s %4d", rank, tag, count) } }

  def show(time, top)
    come = names(top) - names(@top)
    gone = names(@top) - names(top)
    puts [clock(time), *come.map { |tag| "+#{tag}" }, *gone.map { |tag| "-#{tag}" }].join(" ") unless come.empty?
    @time = time
    @top = top
  end

  def names(top) = top.map(&:first)
  def clock(time) = format("%d:%02d", *time.divmod(60))
end

class RollingTopWords < Gstorm::Topology
  spout Posts
  bolt(RollingCount, parallelism: 3) do
    from Posts, fields: :tag
    from Posts, stream: :clock, grouping: :all
  end
  bolt(Rank, parallelism: 2) do
    from RollingCount, fields: :tag
    from RollingCount, stream: :clock, grouping: :all
  end
  bolt(Board) { from Rank, grouping: :global }
  bolt(Builtin["board", title: "Trending", keep: "ranking", value: "top"], id: :trending) { from Rank }
end
