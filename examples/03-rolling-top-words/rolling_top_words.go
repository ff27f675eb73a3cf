// What is trending: the ten tags that came most often in the last minute, as the minute moves on.
//
//	gstorm run examples/03-rolling-top-words/rolling_top_words.go
//	gstorm run examples/03-rolling-top-words/rolling_top_words.go -- 20     twenty times as fast as life
//	gstorm run --ui examples/03-rolling-top-words/rolling_top_words.go -- 10 again     over and over, for http://127.0.0.1:7777,
//	                                                                                   whose board "Trending" moves along
//
// posts -fields-> rolling_count x3 -fields-> rank x2 -global-> board, and -> trending, which is on the page
//
// Time is that of the stream: after every ten seconds of posts the spout tells all counters what time it is. What one task
// sends to another arrives in the order in which it was sent, so a counter hears of the time when it has all posts until then,
// and the result never depends on how fast the machine is. Ticks come by the clock on the wall; here they only show that the
// topology is alive.
//
// To try next: another window (slots), another trend in trends, more tasks: none of the tasks counts on a number of others.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/plugin"
)

const (
	step  = 10 // seconds by which the window moves
	slots = 6  // steps in a window
	top   = 10

	length = 600
)

var tags = strings.Fields("#music #news #football #food #weather #cats #books #travel #garden #chess")

// trends are the seconds, the last one not among them, in which a tag is what everybody posts about.
var trends = []struct {
	tag      string
	from, to int
}{{"#comet", 120, 180}, {"#goal", 300, 310}, {"#blackout", 510, 600}}

const (
	counters = 3
	ranks    = 2
)

func main() {
	b := gstorm.NewBuilder("rolling-top-words")
	b.Spout("posts", func() gstorm.Spout { return &posts{seed: 2014} }).Output("default", "tag").Output("clock", "time")
	b.Bolt("rolling_count", func() gstorm.Bolt { return &rollingCount{} }).Parallelism(counters).
		From("posts", "", gstorm.FieldsGrouping, "tag").From("posts", "clock", gstorm.All).
		Output("default", "tag", "count", "time").Output("clock", "time")
	b.Bolt("rank", func() gstorm.Bolt { return &rank{rankings: newRankings(counters)} }).Parallelism(ranks).
		From("rolling_count", "", gstorm.FieldsGrouping, "tag").From("rolling_count", "clock", gstorm.All).
		Output("default", "time", "top")
	b.Bolt("board", func() gstorm.Bolt { return &board{rankings: newRankings(ranks)} }).
		From("rank", "", gstorm.Global).Set(gstorm.TopologyTickFreq, 5)
	b.BuiltinBolt("trending", "board", map[string]any{"title": "Trending", "keep": "ranking", "value": "top"}).From("rank", "", gstorm.Shuffle)
	plugin.Main(b.Topology())
}

// posts are ten minutes of posts, twenty a second, always the same. Tags are not tracked: a trend does not hang on a single
// post.
type posts struct {
	second, seed int
	speed        float64
	again        bool
	started      time.Time
}

func (p *posts) Open(context.Context, *gstorm.TaskContext) (err error) {
	p.started, p.speed, p.again = time.Now(), math.Inf(1), len(os.Args) > 2 && os.Args[2] == "again"
	if len(os.Args) > 1 {
		p.speed, err = strconv.ParseFloat(os.Args[1], 64)
	}
	return err
}

func (p *posts) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	if p.second == length && !p.again {
		return gstorm.ErrFinished
	}
	if time.Since(p.started).Seconds() < float64(p.second)/p.speed {
		return nil // not yet
	}
	for range 20 {
		out.Emit(p.tag())
	}
	if p.second++; p.second%step == 0 {
		out.EmitTo("clock", p.second)
	}
	return nil
}

// tag is one post's. A third of the posts follow the trend, if there is one. An eighth are about what hardly anybody else
// cares for.
func (p *posts) tag() string {
	for _, t := range trends {
		if second := p.second % length; t.from <= second && second < t.to && p.random(3) == 0 {
			return t.tag
		}
	}
	if p.random(8) == 0 {
		return "#" + strconv.Itoa(p.random(5000))
	}
	return tags[min(p.random(10), p.random(10))]
}

// random is a whole number below n.
func (p *posts) random(n int) int {
	p.seed = (p.seed*1664525 + 1013904223) % 4294967296
	return (p.seed >> 16) % n
}

// rollingCount says how often each tag came in the window, whenever the window moves.
type rollingCount struct {
	slots [slots]map[string]int // the oldest first
}

func (r *rollingCount) Open(context.Context, *gstorm.TaskContext) error {
	for i := range r.slots {
		r.slots[i] = map[string]int{}
	}
	return nil
}

func (r *rollingCount) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	if t.Source.Stream != "clock" {
		tag, err := t.String("tag")
		r.slots[slots-1][tag]++
		return err
	}
	now, err := t.Int("time")
	if err != nil {
		return err
	}
	sum := map[string]int{}
	for _, slot := range r.slots {
		for tag, n := range slot {
			sum[tag] += n
		}
	}
	for tag, n := range sum {
		out.Emit(tag, n, now)
	}
	out.EmitTo("clock", now)
	copy(r.slots[:], r.slots[1:])
	r.slots[slots-1] = map[string]int{}
	return nil
}

// row is a tag with its count.
type row struct {
	tag   string
	count int64
}

// rankings are those of several senders, time by time.
type rankings struct {
	senders int
	rows    map[int64][]row
	heard   map[int64]int
}

func newRankings(senders int) *rankings {
	return &rankings{senders: senders, rows: map[int64][]row{}, heard: map[int64]int{}}
}

func (r *rankings) add(time int64, rows ...row) { r.rows[time] = append(r.rows[time], rows...) }

// close is to be called once for each sender, after its rows. The last call returns the top of all.
func (r *rankings) close(time int64) []row {
	if r.heard[time]++; r.heard[time] < r.senders {
		return nil
	}
	rows := r.rows[time]
	delete(r.rows, time)
	delete(r.heard, time)
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.tag, b.tag)) })
	return append([]row{}, rows[:min(top, len(rows))]...)
}

// rank finds the top of those tags that this task gets to see.
type rank struct{ rankings *rankings }

func (r *rank) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	now, err := t.Int("time")
	if err != nil {
		return err
	}
	if t.Source.Stream != "clock" {
		tag, err := t.String("tag")
		if err != nil {
			return err
		}
		n, err := t.Int("count")
		r.rankings.add(now, row{tag, n})
		return err
	}
	if rows := r.rankings.close(now); rows != nil {
		list := []any{}
		for _, r := range rows {
			list = append(list, []any{r.tag, r.count})
		}
		out.Emit(now, list)
	}
	return nil
}

// board is the top of all tags. It prints what comes and what goes, and how it ends.
type board struct {
	rankings *rankings
	log      *slog.Logger
	time     int64
	top      []row
}

func (b *board) Open(_ context.Context, task *gstorm.TaskContext) error {
	b.log = task.Logger
	return nil
}

func (b *board) Execute(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	now, err := t.Int("time")
	if err != nil {
		return err
	}
	list, err := t.Value("top")
	if err != nil {
		return err
	}
	for _, item := range list.([]any) {
		pair := item.([]any)
		b.rankings.add(now, row{pair[0].(string), pair[1].(int64)})
	}
	if rows := b.rankings.close(now); rows != nil && now >= step*slots { // the first whole window
		b.show(now, rows)
	}
	return nil
}

func (b *board) Tick(context.Context, *gstorm.Collector) error {
	if b.time > 0 {
		b.log.Info(clock(b.time) + " " + strings.Join(names(b.top)[:3], " "))
	}
	return nil
}

func (b *board) Close(context.Context, *gstorm.Collector) error {
	for i, r := range b.top {
		fmt.Printf("%2d. %-10s %4d\n", i+1, r.tag, r.count)
	}
	return nil
}

func (b *board) show(now int64, rows []row) {
	come, gone := without("+", names(rows), names(b.top)), without("-", names(b.top), names(rows))
	if len(come) > 0 {
		fmt.Println(strings.Join(slices.Concat([]string{clock(now)}, come, gone), " "))
	}
	b.time, b.top = now, rows
}

// without are the names that others do not have, each with a sign.
func without(sign string, names, others []string) (only []string) {
	for _, name := range names {
		if !slices.Contains(others, name) {
			only = append(only, sign+name)
		}
	}
	return only
}

func names(rows []row) (names []string) {
	for _, r := range rows {
		names = append(names, r.tag)
	}
	return names
}

func clock(time int64) string { return fmt.Sprintf("%d:%02d", time/60, time%60) }
