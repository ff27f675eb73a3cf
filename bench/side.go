package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gstorm/gstorm/bench/measure"
)

// The programs that are compared.
const (
	gstorm  = "gstorm"
	pipe    = "pipe"
	storm   = "storm"
	flink   = "flink"
	bytewax = "bytewax"
	connect = "connect"
)

// side is one program at one work: one run of it in each round.
type side struct {
	name  string
	peer  string
	needs []string // what has to be on the machine, see kit
	// command is how it is started.
	command func(k *kit, t times) (invocation, error)
}

// invocation is a command with what it needs in its environment.
type invocation struct {
	argv []string
	env  map[string]string
}

// times are how long a side runs, and when it was started.
type times struct {
	warm, measured time.Duration
	begun          time.Time
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }

func (t times) milliseconds() string { return strconv.FormatInt(t.begun.UnixMilli(), 10) }

// load is a side of gstorm itself.
func load(name string, needs []string, arguments ...string) side {
	return side{name: name, peer: gstorm, needs: needs, command: func(k *kit, t times) (invocation, error) {
		argv := []string{k.built("load"), "-warm", t.warm.String(), "-measure", t.measured.String(), "-begun", t.milliseconds(),
			"-components", k.components, "-libraries", k.libraries}
		return invocation{argv: append(argv, arguments...)}, nil
	}}
}

// barePipe is the driver that does nothing but feed a split bolt on an unmodified library.
func barePipe(name, library string, window int, ids, wait string) side {
	return side{name: name, peer: pipe, needs: append([]string{pipe}, needed[library]...), command: func(k *kit, t times) (invocation, error) {
		shell, err := measure.ShellCommand(library, "split", k.components, k.libraries)
		argv := []string{k.built("pipe"), strconv.Itoa(window), seconds(t.warm), seconds(t.measured), ids, wait, t.milliseconds(),
			k.components + "/sentences.txt"}
		return invocation{append(argv, shell.Command...), shell.Env}, err
	}}
}

// jvm is how the word count of a peer on the JVM is started.
func jvm(k *kit, peer, class string, t times, options, arguments []string) []string {
	argv := []string{"java", "-Xms1g", "-Xmx2g", "-Djava.io.tmpdir=" + k.scratch}
	argv = append(argv, options...)
	argv = append(argv, "-cp", fmt.Sprintf("%s:%s/%s/lib/*", k.built(peer), k.libraries, peer), class,
		"warm="+seconds(t.warm), "secs="+seconds(t.measured), "begun="+t.milliseconds(), "components="+k.components)
	return append(argv, arguments...)
}

// stormWith is Storm's LocalCluster. library is what the shells of a role run on; roles without one are in Java.
func stormWith(name, library string, roles []string, arguments ...string) side {
	needs := append([]string{storm}, needed[library]...)
	return side{name: name, peer: storm, needs: needs, command: func(k *kit, t times) (invocation, error) {
		var env map[string]string
		own := slices.Clone(arguments)
		for _, role := range roles {
			shell, err := measure.ShellCommand(library, role, k.components, k.libraries)
			if err != nil {
				return invocation{}, err
			}
			env = shell.Env
			own = append(own, role+"=shell", role+".command="+strings.Join(shell.Command, " "))
		}
		options := []string{"-Dlog4j2.configurationFile=bench/peers/storm/log4j2.xml"}
		return invocation{jvm(k, storm, "bench.StormWordCount", t, options, own), env}, nil
	}}
}

// flinkWith is Flink's local cluster.
func flinkWith(name string, arguments ...string) side {
	return side{name: name, peer: flink, needs: []string{flink}, command: func(k *kit, t times) (invocation, error) {
		options := []string{"--add-opens=java.base/java.lang=ALL-UNNAMED", "--add-opens=java.base/java.util=ALL-UNNAMED",
			"--add-opens=java.base/java.time=ALL-UNNAMED"}
		own := append([]string{"checkpoints=" + k.scratch + "/checkpoints"}, arguments...)
		return invocation{argv: jvm(k, flink, "bench.FlinkWordCount", t, options, own)}, nil
	}}
}

// bytewaxWith is bytewax, with a source of so many sentences at a time.
func bytewaxWith(name string, batch int) side {
	return side{name: name, peer: bytewax, needs: []string{bytewax}, command: func(k *kit, t times) (invocation, error) {
		return invocation{argv: []string{k.libraries + "/bytewax/bin/python", "bench/peers/bytewax/word_count.py",
			seconds(t.warm), seconds(t.measured), strconv.Itoa(batch), t.milliseconds(), k.components}}, nil
	}}
}

// connectWith is Redpanda Connect's engine with a splitter in Python, and so many sentences at a time.
func connectWith(name string, batch int) side {
	return side{name: name, peer: connect, needs: []string{connect}, command: func(k *kit, t times) (invocation, error) {
		return invocation{argv: []string{k.built(connect), t.warm.String(), t.measured.String(), strconv.Itoa(batch), t.milliseconds(),
			k.components, "bench/peers/connect/split.py"}}, nil
	}}
}
