package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// kit is what sides run with: programs that are built and libraries that are fetched when a side first needs them. Its
// methods are for one goroutine.
type kit struct {
	output     string // a folder for what is built
	scratch    string // one for what runs leave behind, emptied in the end
	components string
	libraries  string // see scripts/setup-libraries

	found map[string]error // by need
}

// profile is what the compiler optimises gstorm by; what is measured is built in the same way.
const profile = "cmd/gstorm/default.pgo"

// openKit is to be called in the repository's root. Whoever has the kit closes it.
func openKit(ctx context.Context, output string) (*kit, error) {
	if _, err := os.Stat("bench/components"); err != nil {
		return nil, errors.New("this is to be run in the root of the repository")
	}
	k := &kit{output: output, components: "bench/components", found: map[string]error{}}
	if err := os.MkdirAll(output, 0o777); err != nil {
		return nil, err
	}
	var err error
	if k.scratch, err = os.MkdirTemp("", "gstorm-bench-"); err != nil {
		return nil, err
	}
	if err := k.run(ctx, "go", "build", "-trimpath", "-pgo", profile, "-o", k.built("load"), "./bench/load"); err != nil {
		return nil, errors.Join(err, k.Close())
	}
	return k, nil
}

// Close removes what runs have left behind.
func (k *kit) Close() error { return os.RemoveAll(k.scratch) }

// built is where a program is built, or the classes of a peer.
func (k *kit) built(name string) string { return filepath.Join(k.output, name) }

// has makes sure of what a side needs, and returns why it can't run here.
func (k *kit) has(ctx context.Context, needs ...string) error {
	for _, need := range needs {
		err, known := k.found[need]
		if !known {
			err = k.get(ctx, need)
			k.found[need] = err
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// get gets one thing: a program on the PATH, a folder of libraries, or what a peer is made of.
func (k *kit) get(ctx context.Context, need string) error {
	if folder, ok := strings.CutPrefix(need, "libraries/"); ok {
		return k.fetch(ctx, folder)
	}
	switch need {
	case pipe, "pingpong":
		return k.compile(ctx, need)
	case storm, flink:
		return k.compileJava(ctx, need)
	case bytewax:
		if err := k.has(ctx, "python3"); err != nil {
			return err
		}
		return k.fetch(ctx, bytewax)
	case connect:
		if err := k.has(ctx, "python3"); err != nil {
			return err
		}
		return k.run(ctx, "go", "build", "-C", "bench/peers/connect", "-trimpath", "-o", k.built(connect), ".")
	}
	if _, err := exec.LookPath(need); err != nil {
		return fmt.Errorf("there is no %s here", need)
	}
	return nil
}

// fetch makes sure that a folder of libraries is there.
func (k *kit) fetch(ctx context.Context, folder string) error {
	cmd := exec.CommandContext(ctx, "scripts/setup-libraries", folder)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if _, missing := exec.LookPath("mvn"); missing != nil && folder != "venv" && folder != bytewax {
			return fmt.Errorf("there is no mvn here, which fetches the libraries %s", folder)
		}
		return errors.New(lastLine(stderr.String()))
	}
	k.libraries = strings.TrimSpace(string(out))
	return nil
}

// compile builds a program of bench/pipe.
func (k *kit) compile(ctx context.Context, name string) error {
	if _, err := exec.LookPath("cc"); err != nil {
		return errors.New("there is no cc here")
	}
	return k.run(ctx, "cc", "-O2", "-o", k.built(name), "bench/pipe/"+name+".c")
}

// compileJava builds the word count of a peer on the JVM.
func (k *kit) compileJava(ctx context.Context, peer string) error {
	if err := k.has(ctx, "java", "javac", "libraries/"+peer); err != nil {
		return err
	}
	var sources []string
	for _, folder := range []string{"java", peer} {
		files, err := filepath.Glob("bench/peers/" + folder + "/*.java")
		if err != nil {
			return err
		}
		sources = append(sources, files...)
	}
	arguments := append([]string{"-nowarn", "-cp", k.libraries + "/" + peer + "/lib/*", "-d", k.built(peer)}, sources...)
	return k.run(ctx, "javac", arguments...)
}

// run runs a command to its end. The error has the last that it said.
func (k *kit) run(ctx context.Context, name string, arguments ...string) error {
	out, err := exec.CommandContext(ctx, name, arguments...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, lastLine(string(out)))
	}
	return nil
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
