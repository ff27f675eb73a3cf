package acker

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// environment is what the scripts act on: a ledger, a clock, the tuples in flight, by name, and batches of updates that
// have not arrived yet. Edge ids are powers of two in the order in which they are drawn, so that every sum of edges can be
// printed as what it consists of: e1^e4.
type environment struct {
	ledger  *Ledger[string]
	now     int64
	roots   map[string]Root
	names   map[Root]string
	tuples  map[string]*flight
	batches map[string]*Updates
	drawn   int
	out     strings.Builder
}

type flight struct {
	lineage Lineage
	acc     uint64
}

func newEnvironment() *environment {
	return &environment{
		ledger:  New[string](Options{Tick: 1000}),
		roots:   map[string]Root{},
		names:   map[Root]string{},
		tuples:  map[string]*flight{},
		batches: map[string]*Updates{},
	}
}

// Uint64 makes the environment the source of its edge ids.
func (env *environment) Uint64() uint64 {
	env.drawn++
	return 1 << (env.drawn - 1)
}

func (env *environment) printf(format string, args ...any) {
	fmt.Fprintf(&env.out, format+"\n", args...)
}

func (env *environment) printed() string {
	defer env.out.Reset()
	if env.out.Len() == 0 {
		return "ok\n"
	}
	return env.out.String()
}

func (env *environment) run(line string) error {
	c, err := parseCommand(line)
	if err != nil {
		return err
	}
	commands := map[string]func(command){
		"open": env.open, "xor": env.xor, "close": env.close, "cancel": env.cancel, "failall": env.failAll,
		"emit": env.emit, "ack": env.ack, "fail": env.fail, "deliver": env.deliver,
		"advance": env.advance, "next": env.next, "outcomes": env.outcomes, "ledger": env.list, "counts": env.counts,
	}
	do := commands[c.name]
	if do == nil {
		return errors.New("no such command")
	}
	do(c)
	return nil
}

// open ROOT,.. [deadline=DURATION]: the owner of a root is its name in capitals.
func (env *environment) open(c command) {
	for _, name := range c.operands {
		r, known := env.roots[name]
		if !known {
			r = NewRoot(1, uint64(len(env.roots)+1))
			env.roots[name], env.names[r] = r, name
		}
		var deadline int64
		if d := c.values["deadline"]; d != "" {
			deadline = env.now + ms(d)
		}
		if err := env.ledger.Open(r, strings.ToUpper(name), env.now, deadline); err != nil {
			env.printf("%v", err)
		}
	}
}

// xor ROOT NUMBER
func (env *environment) xor(c command) {
	v, err := strconv.ParseUint(c.operands[1], 0, 64)
	if err != nil {
		env.printf("%v", err)
	}
	env.late(c.operands[0], env.ledger.Xor(env.roots[c.operands[0]], v, env.now))
}

// close ROOT,..
func (env *environment) close(c command) {
	for _, name := range c.operands {
		env.late(name, env.ledger.Close(env.roots[name], env.now))
	}
}

// cancel ROOT,..
func (env *environment) cancel(c command) {
	for _, name := range c.operands {
		env.late(name, env.ledger.Cancel(env.roots[name]))
	}
}

// failall [reason=TEXT]
func (env *environment) failAll(c command) { env.ledger.FailAll(cause(c), env.now) }

// emit from=NAME,.. to=TUPLE,..: from roots, as their owner, or anchored to tuples; one edge per anchor and target.
func (env *environment) emit(c command) {
	for target := range strings.SplitSeq(c.values["to"], ",") {
		var edges []Edge
		var anchors []Anchor
		for from := range strings.SplitSeq(c.values["from"], ",") {
			if t := env.tuples[from]; t != nil {
				anchors = append(anchors, Anchor{&t.lineage, &t.acc})
			} else if r := env.roots[from]; r != 0 {
				id := env.Uint64()
				env.late(from, env.ledger.Xor(r, id, env.now))
				edges = append(edges, Edge{r, id})
			}
		}
		lineage := NewLineage(edges...)
		if edges == nil {
			lineage = Extend(anchors, env)
		}
		env.tuples[target] = &flight{lineage: lineage}
		env.printf("%s: %s", target, env.lineage(&lineage))
	}
}

// ack TUPLE,.. [in=BATCH]: without a batch the updates arrive at once, together.
func (env *environment) ack(c command) {
	env.handled(c, func(t *flight, u *Updates) { t.lineage.Ack(t.acc, u) })
}

// fail TUPLE,.. [reason=TEXT] [in=BATCH]
func (env *environment) fail(c command) {
	env.handled(c, func(t *flight, u *Updates) { t.lineage.Fail(cause(c), u) })
}

func (env *environment) handled(c command, note func(*flight, *Updates)) {
	batch := env.batches[c.values["in"]]
	if batch == nil {
		batch = &Updates{}
		env.batches[c.values["in"]] = batch
	}
	for _, name := range c.operands {
		if env.tuples[name] == nil {
			env.printf("%s: not in flight", name)
			continue
		}
		note(env.tuples[name], batch)
		delete(env.tuples, name)
	}
	if c.values["in"] == "" {
		env.apply(batch)
	}
}

// deliver BATCH,..
func (env *environment) deliver(c command) {
	for _, name := range c.operands {
		env.apply(env.batches[name])
	}
}

func (env *environment) apply(batch *Updates) {
	for _, u := range batch.All() {
		what := "fail: " + u.Cause.String()
		if !u.Failed {
			what = "xor " + sum(u.Xor)
		}
		env.printf("%s %s", env.names[u.Root], what)
		env.late(env.names[u.Root], env.ledger.Apply(u, env.now))
	}
	batch.Reset()
}

// advance DURATION
func (env *environment) advance(c command) {
	env.now += ms(c.operands[0])
	env.ledger.Advance(env.now)
}

// next
func (env *environment) next(command) {
	if at, ok := env.ledger.Next(env.now); ok {
		env.printf("in %v", duration(at-env.now))
	} else {
		env.printf("never")
	}
}

// outcomes
func (env *environment) outcomes(command) {
	for _, o := range env.ledger.Outcomes(nil) {
		text := fmt.Sprintf("%s %s %v after %v", env.names[o.Root], o.Owner, o.Kind, duration(o.Age))
		if o.Cause != nil {
			text += ": " + o.Cause.String()
		}
		env.printf("%s", text)
	}
}

// ledger
func (env *environment) list(command) {
	for _, e := range env.ledger.entries {
		if e.root != 0 {
			state := map[bool]string{false: "open", true: "closed"}[e.closed]
			env.printf("%s %s %s", env.names[e.root], state, sum(e.xor))
		}
	}
	env.printf("%d open", env.ledger.Len())
}

// counts
func (env *environment) counts(command) { env.printf("%+v", env.ledger.Counts()) }

func (env *environment) late(root string, ok bool) {
	if !ok {
		env.printf("%s: has ended", root)
	}
}

func (env *environment) lineage(l *Lineage) string {
	var edges []string
	for e := range l.Edges() {
		edges = append(edges, env.names[e.Root]+"="+sum(e.ID))
	}
	if edges == nil {
		return "untracked"
	}
	return strings.Join(edges, " ")
}

func sum(xor uint64) string {
	if xor == 0 {
		return "0"
	}
	var edges []string
	for ; xor != 0; xor &= xor - 1 {
		edges = append(edges, fmt.Sprintf("e%d", bits.TrailingZeros64(xor)+1))
	}
	return strings.Join(edges, "^")
}

func cause(c command) *Cause {
	return &Cause{Component: "split", Task: 4, Reason: c.values["reason"]}
}

func ms(text string) int64 {
	d, err := time.ParseDuration(text)
	if err != nil {
		panic(err)
	}
	return d.Milliseconds()
}

func duration(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }
