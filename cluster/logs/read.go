package logs

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	// poll is how often is looked for what is new.
	poll = 200 * time.Millisecond
	// batch is after how many lines all files are looked at again, so that a worker which logs without end does not keep
	// others from being heard.
	batch = 1000
	// maxLine is how much of a line is read, in bytes: a longer one is cut, and is no record then.
	maxLine = 1 << 20
	// disorder is by how much later than others a record may be written that is older.
	disorder = time.Minute
	// mostHeld is how many bytes of lines are held in memory.
	mostHeld = 64 << 20
	// block is how much of a file is read at once.
	block = 64 << 10
)

// Query says which lines are to be read. Folder and Topology must be set; what else is zero lets all pass.
type Query struct {
	Folder     string // DIR/logs
	Topology   string // its id
	Worker     int
	Components []string
	Tasks      []int
	Level      slog.Leveler     // of this level and above
	Contains   string           // in the message, the component, or the attributes
	Match      []*regexp.Regexp // all are found there
	// Since and Until are the times of the first and the last; zero: any.
	Since, Until time.Time
	// Last is how many of the lines that are there are read, the newest; they are held in memory, and are fewer where they are too
	// long for that: then the first says so.
	Last int
	// Follow goes on with what is written from then on, until ctx ends.
	Follow bool

	held int // bytes that are held at most; 0: mostHeld
}

// match reports whether a line is asked for.
func (q *Query) match(l *Line) bool {
	return (len(q.Components) == 0 || slices.Contains(q.Components, l.Component)) &&
		(len(q.Tasks) == 0 || slices.Contains(q.Tasks, l.Task)) &&
		(q.Level == nil || l.Level >= q.Level.Level()) &&
		(q.Since.IsZero() || !l.Time.Before(q.Since)) &&
		(q.Until.IsZero() || !l.Time.After(q.Until)) &&
		(q.Contains == "" || l.has(func(text string) bool { return strings.Contains(text, q.Contains) })) &&
		!slices.ContainsFunc(q.Match, func(e *regexp.Regexp) bool { return !l.has(e.MatchString) })
}

// over reports whether a line is from so long before what is asked for that none before it is of interest: records of a worker come
// nearly in the order of their times.
func (q *Query) over(l *Line) bool {
	return !q.Since.IsZero() && !l.Time.IsZero() && l.Time.Before(q.Since.Add(-disorder))
}

// Read reads the logs of a topology's workers on this node, merged by time; the lines of a worker stay in their order. A
// topology that has logged nothing yet has no lines, which is no error. An error is the last that is yielded; that ctx ends
// is one unless the logs are followed. Where files are removed faster than they are read, a line of level WARN that passes
// every filter says so.
func Read(ctx context.Context, q Query) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		folder, err := folderOf(q.Folder, q.Topology)
		if err != nil {
			yield(Line{}, err)
			return
		}
		r := &reader{query: q, folder: folder, tails: map[int]*tail{}}
		defer r.close()
		lines, err := r.last(ctx)
		if err != nil {
			yield(Line{}, fmt.Errorf("read the log of %s: %w", q.Topology, err))
			return
		}
		for _, l := range lines {
			if !yield(l, nil) {
				return
			}
		}
		if !q.Follow {
			return
		}
		if err := r.follow(ctx, yield); err != nil {
			yield(Line{}, fmt.Errorf("follow the log of %s: %w", q.Topology, err))
		}
	}
}

// reader is one reading.
type reader struct {
	query  Query
	folder string
	tails  map[int]*tail // by worker
}

func (r *reader) close() {
	for _, t := range r.tails {
		t.close()
	}
}

// files are those of the workers that are asked for.
func (r *reader) files() (map[int][]int, error) {
	workers, err := list(r.folder)
	if err != nil || r.query.Worker == 0 {
		return workers, err
	}
	numbers, ok := workers[r.query.Worker]
	if !ok {
		return nil, nil
	}
	return map[int][]int{r.query.Worker: numbers}, nil
}

// last reads the last lines that there are, and notes for each worker where it has ended.
func (r *reader) last(ctx context.Context) ([]Line, error) {
	workers, err := r.files()
	if err != nil {
		return nil, err
	}
	var backs []*back
	defer func() {
		for _, b := range backs {
			b.close()
		}
	}()
	for worker := range workers {
		t, older, err := openEnd(r.folder, worker, r.query.Follow)
		if err != nil {
			return nil, err
		}
		r.tails[worker] = t
		backs = append(backs, &back{folder: r.folder, worker: worker, older: older, file: t.file, left: t.offset})
	}
	var lines []Line
	for held := 0; len(lines) < r.query.Last; {
		var latest *back
		for _, b := range backs {
			if err := b.fill(ctx, &r.query); err != nil {
				return nil, err
			}
			if b.head != nil && (latest == nil || latest.before(b)) {
				latest = b
			}
		}
		if latest == nil {
			break
		}
		if held += len(latest.head.Text); held > cmp.Or(r.query.held, mostHeld) {
			lines = append(lines, Line{
				Time: latest.head.Time, Level: slog.LevelWarn, Worker: latest.worker, Topology: r.query.Topology,
				Message: "there are more lines before, which are too long to be read at once: say until when, or how many",
			})
			break
		}
		lines = append(lines, *latest.head)
		latest.head = nil
	}
	slices.Reverse(lines)
	return lines, nil
}

// follow goes on after last until ctx ends, which is no error, or yield has enough.
func (r *reader) follow(ctx context.Context, yield func(Line, error) bool) error {
	ticks := time.NewTicker(poll)
	defer ticks.Stop()
	for {
		workers, err := r.files()
		if err != nil {
			return err
		}
		for worker, numbers := range workers {
			if r.tails[worker] != nil {
				continue
			}
			t := &tail{folder: r.folder, worker: worker, number: 1}
			if len(numbers) > 0 {
				t.number = numbers[0]
			}
			r.tails[worker] = t
		}
		for n := 0; ; n++ {
			if ctx.Err() != nil {
				return nil
			}
			if n == batch {
				break
			}
			var earliest *tail
			for worker, t := range r.tails {
				if err := t.fill(ctx, workers[worker], &r.query); err != nil {
					return err
				}
				if t.head != nil && (earliest == nil || t.before(earliest)) {
					earliest = t
				}
			}
			if earliest == nil {
				select {
				case <-ctx.Done():
					return nil
				case <-ticks.C:
				}
				break
			}
			l := *earliest.head
			earliest.head = nil
			if !yield(l, nil) {
				return nil
			}
		}
	}
}

// openEnd finds where the log of a worker ends, and the numbers of its full files before that. whole: the end is that of the
// last line which has been written to its end.
func openEnd(folder string, worker int, whole bool) (t *tail, older []int, err error) {
	for {
		before, err := list(folder)
		if err != nil {
			return nil, nil, err
		}
		older = before[worker]
		t = &tail{folder: folder, worker: worker, number: 1}
		if n := len(older); n > 0 {
			t.number = older[n-1] + 1
		}
		opened, err := t.openCurrent()
		if opened {
			err = t.seekEnd(whole)
		}
		var after map[int][]int
		if err == nil {
			after, err = list(folder)
		}
		if err == nil && slices.Equal(after[worker], older) {
			return t, older, nil
		}
		t.close()
		if err != nil {
			return nil, nil, err
		}
		// a file became full meanwhile
	}
}
