package child

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/multilang"
)

// inMessagePack is a component in Ruby that speaks MessagePack with what its standard library has: it checks the first bytes of
// what it gets and writes its answers by hand.
func inMessagePack(body string) Spec {
	const prelude = `
		$stdin.binmode; $stdout.binmode; $stdout.sync = true
		def say(bytes) = $stdout.write(bytes.b)
		def get(n) = $stdin.readpartial(n)
		sync = "\x81\xa7command\xa4sync"
	`
	return Spec{
		Component: "split", Task: 3, Wire: MessagePack,
		Command: []string{"ruby", "--disable-gems", "-e", prelude + body},
	}
}

func TestMessagePack(t *testing.T) {
	l := newTestLauncher(t, LauncherOptions{})
	p := mustStart(t, l, inMessagePack(`
		handshake = get(100_000)
		abort "not a map of three: #{handshake.inspect}" unless handshake.start_with?("\x83\xa6pidDir".b) && !handshake.include?("\nend")
		say "booting\n\x81\xa3pid\x07"
		heartbeat = get(1000)
		want = "\x85\xa2id\xa15\xa4comp\xc0\xa6stream\xab__heartbeat\xa4task\xff\xa5tuple\x90".b
		abort "heartbeat: #{heartbeat.inspect}" unless heartbeat == want
		say sync + "\x83\xa7command\xa4emit\xa5tuple\x92\xa1a\xc4\x01\xff\xa6stream\xa1x" + sync
		abort "more input" if $stdin.read != ""
	`))
	if m := receive(t, p); m.Command != multilang.Pid || m.PID != 7 {
		t.Errorf("first %v", m)
	}
	if err := p.Write(multilang.AppendHeartbeat(nil, 5)); err != nil {
		t.Fatal(err)
	}
	if m := receive(t, p); m.Command != multilang.Sync {
		t.Errorf("then %v", m)
	}
	if m := receive(t, p); m.Command != multilang.Emit || m.Invalid == nil || m.Invalid.Field != 1 {
		t.Errorf("then %v", m)
	}
	if err := p.CloseInput(); err != nil {
		t.Fatal(err)
	}
	last, death := receiveAll(t, p)
	if diff := cmp.Diff([]multilang.Command{multilang.Sync}, commands(last)); diff != "" || death.ExitCode != 0 {
		t.Errorf("%s\n%s", diff, death.Report())
	}
	if !strings.Contains(death.LastIn, "__heartbeat") || !strings.Contains(death.LastOut, `{"command":"sync"}`) {
		t.Errorf("the report is not in JSON:\n%s", death.Report())
	}
}

// TestWrongWire: a component that speaks the other wire, or rubbish, does not hang for longer than the start may take, and
// its report names the option.
func TestWrongWire(t *testing.T) {
	l := newTestLauncher(t, LauncherOptions{})
	silentJSON := shell(`ready; until_eof`)
	silentJSON.Wire, silentJSON.StartTimeout = MessagePack, 200*time.Millisecond
	speakingJSON := shell(`say '{"pid":7}'; until_eof`)
	speakingJSON.Wire = MessagePack
	answeringPacked := inMessagePack(`say "\x81\xa3pid\x07"`)
	answeringPacked.Wire = JSON
	silentPacked := inMessagePack(`say "\x81\xa3pid\x07"; sleep`)
	silentPacked.Wire, silentPacked.StartTimeout = JSON, 500*time.Millisecond
	for name, test := range map[string]struct {
		spec Spec
		want string
	}{
		"JSON where MessagePack is expected":            {speakingJSON, `gstorm.serializer says msgpack, but its output is not a message in MessagePack at byte 10: the component speaks JSON: {"pid":7}`},
		"silent, as it waits for JSON":                  {silentJSON, "gstorm.serializer (or topology.multilang.serializer) has it spoken to in MessagePack"},
		"MessagePack where JSON is expected":            {answeringPacked, "it seems to speak MessagePack: set gstorm.serializer to msgpack"},
		"MessagePack where JSON is expected, and hangs": {silentPacked, "it seems to speak MessagePack: set gstorm.serializer to msgpack"},
		"rubbish":    {inMessagePack(`say "\x93\xc1"; sleep`), "gstorm.serializer says msgpack, but its output is not a message in MessagePack at byte 0"},
		"cut off":    {inMessagePack(`say "\x81\xa3pi"`), "gstorm.serializer (or topology.multilang.serializer)"},
		"an integer": {inMessagePack(`say "\xd3\x00"; sleep`), "gstorm.serializer says msgpack, but"},
	} {
		t.Run(name, func(t *testing.T) {
			death := startFailure(t, l, test.spec)
			if text := death.Error(); !strings.Contains(text, `component "split" task 3`) || !strings.Contains(text, test.want) {
				t.Errorf("it says: %s\nwant: %s", text, test.want)
			}
		})
	}
}

// TestRubbishAmongMessages: what came before it counts, then the child is ended and the report says where it went wrong.
func TestRubbishAmongMessages(t *testing.T) {
	l := newTestLauncher(t, LauncherOptions{})
	p := mustStart(t, l, inMessagePack(`get(100_000); say "\x81\xa3pid\x07" + sync + "\x81\xa7command\xc1"; sleep`))
	all, death := receiveAll(t, p)
	if diff := cmp.Diff([]multilang.Command{multilang.Pid, multilang.Sync}, commands(all)); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(death.Error(), "0xc1 begins no value") || death.Signal != "SIGKILL" {
		t.Error(death.Report())
	}
}

// TestMessagePackLimits: MaxFrame holds on this wire too.
func TestMessagePackLimits(t *testing.T) {
	l := newTestLauncher(t, LauncherOptions{})
	spec := inMessagePack(`get(100_000); say "\x81\xa3pid\x07\x81\xa1a\xdb\x00\x10\x00\x00"; sleep`)
	spec.MaxFrame = 1 << 20
	p := mustStart(t, l, spec)
	_, death := receiveAll(t, p)
	if !strings.Contains(death.Error(), "larger than the limit (1 MiB)") {
		t.Error(death.Report())
	}
	if err := p.Write(multilang.AppendNext(nil)); !errors.Is(err, ErrGone) {
		t.Errorf("Write returned %v", err)
	}
}
