package terminal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// sitting is somebody who sits at a terminal, in a bubble of virtual time, and what the terminal has got.
type sitting struct {
	*testing.T
	keys *io.PipeWriter

	mu            sync.Mutex // guards what follows
	got           bytes.Buffer
	columns, rows int
	asked         []Place
	answer        func(ctx context.Context, at Place) (any, error)
	raw           bool
}

func (s *sitting) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got.Write(p)
}

func (s *sitting) ask(ctx context.Context, at Place) (any, error) {
	s.mu.Lock()
	s.asked = append(s.asked, at)
	answer := s.answer
	s.mu.Unlock()
	return answer(ctx, at)
}

// answers has documents come from now on.
func (s *sitting) answers(how func(ctx context.Context, at Place) (any, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = how
}

// count is how often has been asked so far.
func (s *sitting) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

// sees is the screen as it is now. Every line of a frame clears what stood behind it.
func (s *sitting) sees() string {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	frames := strings.Split(s.got.String(), "\x1b[H")
	return strings.NewReplacer("\x1b[K", "", "\x1b[J", "", "\r", "").Replace(frames[len(frames)-1])
}

func (s *sitting) types(text string) {
	s.Helper()
	synctest.Wait() // till then nothing of it is on the screen
	if _, err := io.WriteString(s.keys, text); err != nil {
		s.Fatal(err)
	}
}

// expect checks that all of these are on the screen.
func (s *sitting) expect(when string, all ...string) {
	s.Helper()
	seen := s.sees()
	for _, text := range all {
		if !strings.Contains(seen, text) {
			s.Errorf("%s: no %q:\n%s", when, text, seen)
		}
	}
}

func good(_ context.Context, at Place) (any, error) {
	return []any{everything(), wordCountView(), splitDetail()}[at.depth()], nil
}

// sit runs Show while use types, and checks that the terminal is left as it was. end is what ends it, if use has not.
func sit(t *testing.T, use func(s *sitting), end func(s *sitting, cancel func())) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		keys, typing := io.Pipe()
		s := &sitting{T: t, keys: typing, columns: 80, rows: 24, answer: good}
		screen := &FullScreen{Keys: keys, Out: s, Size: func() (int, int) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.columns, s.rows
		}, Raw: func() (func(), error) {
			s.raw = true
			return func() { s.raw = false }, nil
		}}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ended := make(chan any)
		go func() {
			defer func() { ended <- recover() }()
			_ = screen.Show(ctx, NewTop(Place{}, false), s.ask)
		}()
		use(s)
		end(s, cancel)
		<-ended
		_ = keys.Close()
		if text := s.got.String(); s.raw || !strings.HasPrefix(text, enterScreen) || !strings.HasSuffix(text, leaveScreen) {
			t.Errorf("the terminal is not as it was: %q", text)
		}
	})
}

func quit(s *sitting, _ func())        { s.types("q") }
func told(_ *sitting, cancel func())   { cancel() }
func hungUp(s *sitting, _ func())      { _ = s.keys.Close() }
func interrupt(s *sitting, _ func())   { s.types("\x03") }
func enough(s *sitting)                { s.expect("at the start", "harbour", ">  clicks") }
func TestShowEndsByQ(t *testing.T)     { sit(t, enough, quit) }
func TestShowEndsByCtrlC(t *testing.T) { sit(t, enough, interrupt) }

func TestShowEndsWhenItIsTold(t *testing.T) { sit(t, enough, told) }

func TestShowEndsWithItsTerminal(t *testing.T) { sit(t, enough, hungUp) }

func TestShowLeavesTheTerminalInAPanic(t *testing.T) {
	sit(t, func(*sitting) {}, func(s *sitting, _ func()) {
		s.answers(func(context.Context, Place) (any, error) {
			v := everything()
			v.Nodes = append(v.Nodes, v.Nodes[0])
			return v, panicking{}
		})
		time.Sleep(askEvery)
	})
}

// panicking is an error that nobody can read.
type panicking struct{}

func (panicking) Error() string { panic("it was a test") }

func TestShowIsBroughtUpToDate(t *testing.T) {
	sit(t, func(s *sitting) {
		s.expect("at the start", "word_count")
		before := s.count()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if n := s.count() - before; n != 5 {
			t.Errorf("asked %d times in 5 s", n)
		}
		s.types("p")
		s.expect("paused", "paused, p goes on")
		before = s.count()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if n := s.count() - before; n != 0 {
			t.Errorf("asked %d times while it paused", n)
		}
		s.types("j\r")
		s.expect("another place", "word_count  running", " ! split")
	}, quit)
}

func TestShowSurvivesWhoDoesNotAnswer(t *testing.T) {
	sit(t, func(s *sitting) {
		enough(s)
		s.answers(func(context.Context, Place) (any, error) { return nil, errors.New("no agent answers") })
		time.Sleep(askEvery)
		s.expect("nobody answers", "not up to date: no agent answers", "word_count")
		s.answers(func(ctx context.Context, _ Place) (any, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		time.Sleep(askEvery)
		synctest.Wait()
		before := s.count()
		time.Sleep(5 * askEvery)
		synctest.Wait()
		if s.count() != before {
			t.Error("it asks again who has not answered yet")
		}
		s.types("j\r")
		s.expect("elsewhere, which does not come either", "word_count\n")
		s.answers(good)
		s.types("\x1b")
		time.Sleep(escapeWithin)
		s.expect("back", ">  word_count")
	}, quit)
}

func TestShowTellsAnEscapeFromOtherKeys(t *testing.T) {
	sit(t, func(s *sitting) {
		s.types("\x1b")
		s.types("[B")
		s.expect("a key in two pieces", ">  word_count")
		s.types("\r")
		s.types("\x1b")
		time.Sleep(escapeWithin)
		s.expect("an escape by itself", "harbour")
	}, quit)
}

func TestShowFollowsTheSize(t *testing.T) {
	sit(t, func(s *sitting) {
		s.mu.Lock()
		s.columns, s.rows = 40, 12
		s.mu.Unlock()
		time.Sleep(askEvery)
		seen := strings.Split(s.sees(), "\n")
		if len(seen) != 12 {
			t.Errorf("%d lines: %q", len(seen), seen)
		}
		for _, line := range seen {
			if width(line) >= 40 {
				t.Errorf("too long: %q", line)
			}
		}
	}, quit)
}
