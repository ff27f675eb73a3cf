package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/blob"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/internal/terminal"
)

func (p *program) submitCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "submit", Usage: "have a cluster run a topology", ArgsUsage: "FILE|DIR [-- ARGUMENTS]",
		Description: `Loads the file, checks the topology, gives the cluster all files of the folder that it is in (but for those that
.gstormignore names, and for packages that a lock file says how to install: each node installs its own), and returns when
the topology runs there. It goes on until gstorm kill, or until all its spouts have finished. With --wait the command waits for
that end, and its exit status is 0 only if the topology has finished: not if it was killed or has failed.

DIR is a streamparse project, a Go package, or any folder with one topology in it. Of Go the cluster gets the program that
was built.

   gstorm submit word_count.rb -- a.txt
   gstorm submit word_count.py --name wc --set topology.workers=3`,
		Flags:  append(clusterFlags(submitFlags()...), slices.DeleteFunc(topologyFlags(), func(f cli.Flag) bool { return f.Names()[0] == "env" })...),
		Action: p.submit,
	})
}

func submitFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "env", Aliases: []string{"e"}, Value: "cluster", Usage: "tell the file that it will run in `ENV`: cluster, or one of its own, such as streamparse's prod"},
		&cli.PathFlag{Name: "root", Usage: "give the cluster the files of `DIR`, which the topology's file is in", DefaultText: "the file's folder"},
		&cli.BoolFlag{Name: "inactive", Usage: "let its spouts rest until gstorm activate", DisableDefaultText: true},
		&cli.BoolFlag{Name: "wait", Usage: "wait until it has ended, and fail unless it has finished", DisableDefaultText: true},
		&cli.BoolFlag{Name: "no-wait", Usage: "do not wait until it runs", DisableDefaultText: true},
	}
}

// packed is a topology as a cluster gets it.
type packed struct {
	*loaded
	source fsm.Source
	bundle []byte
}

// startTimeout is how long it is waited for a topology to run.
const startTimeout = 2 * time.Minute

// submit is `gstorm submit`.
func (p *program) submit(c *cli.Context) error {
	if c.Bool("wait") && c.Bool("no-wait") {
		return usagef(c, "--wait and --no-wait exclude each other")
	}
	ask, err := p.client(c)
	if err != nil {
		return err
	}
	selected, err := p.selected(c)
	if err != nil {
		return err
	}
	k, err := p.pack(c, selected)
	if err != nil {
		return err
	}
	defer k.Close()
	if err := p.deliver(c.Context, ask, k); err != nil {
		return err
	}
	name := k.topology.Name
	t, err := ask.Submit(c.Context, api.Submission{
		Name: name, Source: k.source, By: who(), Inactive: c.Bool("inactive") || k.topology.Status == "inactive",
	})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(p.stderr, "gstorm: %s is submitted as %s\n", terminal.Escape(name), terminal.Escape(t.ID))
	if err := k.Drive(c.Context, &remoteControl{c.Context, ask}); err != nil {
		return &driverError{err}
	}
	switch {
	case c.Bool("wait"):
		return p.awaitEnd(c.Context, ask, &t)
	case c.Bool("no-wait"):
		return nil
	}
	return p.awaitRunning(c.Context, ask, name, startTimeout)
}

// awaitEnd waits until a topology has ended, and says meanwhile what it does. The error says how, if it has not finished.
func (p *program) awaitEnd(ctx context.Context, ask *api.Client, t *api.Topology) error {
	said := ""
	return poll(ctx, func() (bool, error) {
		s, err := ask.Topology(ctx, t.Name)
		if err == nil && s.ID != t.ID { // the name is another's by now
			s, err = ask.Topology(ctx, t.ID)
		}
		var e *api.Error
		if errors.As(err, new(*api.UnreachableError)) || errors.As(err, &e) && e.Kind == api.NoLeader {
			return false, nil // it goes on without being asked
		}
		if err != nil {
			return false, err
		}
		if s.End != nil {
			p.writeEnd(&s.Topology)
			return true, ended(&s.Topology)
		}
		text := fmt.Sprintf("gstorm: %s: %s\n", t.Name, strings.Join(append([]string{s.State}, s.Problems...), "; "))
		if text != said {
			said = text
			_, _ = fmt.Fprint(p.stderr, terminal.Escape(text))
		}
		return false, nil
	})
}

// ended is the error for a topology that has ended, or nil if it has finished.
func ended(t *api.Topology) error {
	if t.End.How == fsm.Finished {
		return nil
	}
	return fmt.Errorf("%s was ended: %s", t.ID, t.State)
}

// pack loads the topology that the command line names, and packs it.
func (p *program) pack(c *cli.Context, s selection) (_ *packed, err error) {
	if s.request.File, err = p.topologyIn(c, s.request.File); err != nil {
		return nil, err
	}
	l, err := p.load(c.Context, s, p.log(), func(line string) { _, _ = fmt.Fprintln(p.stderr, line) })
	if err != nil {
		return nil, err
	}
	k := &packed{loaded: l}
	if err := p.fill(k, s, c.Path("root")); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return k, nil
}

// topologyIn is the topology's file, where the command line names a folder.
func (p *program) topologyIn(c *cli.Context, file string) (string, error) {
	info, err := os.Stat(file)
	if err != nil || !info.IsDir() {
		return file, nil // what is wrong with it is told when it is opened
	}
	if _, err := adapters.ForFile(file, p.adapters); err == nil {
		return file, nil // a Go package
	}
	var found []string
	for _, folder := range []string{file, filepath.Join(file, "topologies")} {
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue
		}
		for _, e := range entries {
			name := filepath.Join(folder, e.Name())
			if _, err := adapters.ForFile(name, p.adapters); err == nil && !e.IsDir() {
				found = append(found, name)
			}
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	if len(found) == 0 {
		return "", usagef(c, "there is no topology in %s", file)
	}
	return "", usagef(c, "which topology of %s is meant? name its file: %s", file, strings.Join(found, ", "))
}

// fill checks the topology, and makes what the cluster gets.
func (p *program) fill(k *packed, s selection, root string) error {
	if err := k.invalid(); err != nil {
		return err
	}
	p.complain(k.problems)
	if line := k.choice(s); line != "" {
		_, _ = fmt.Fprintln(p.stderr, terminal.Escape(line))
	}
	file := s.request.File
	p.complain(builtOnNodes(k.Session, file))
	if compiled, ok := k.Session.(adapters.Compiled); ok {
		if root != "" {
			return &invalidError{errors.New("--root is for files that are run as they are: of Go the cluster gets the program alone")}
		}
		staged, err := os.MkdirTemp("", "gstorm-submit-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(staged) }()
		name := strings.TrimSuffix(filepath.Base(file), ".go")
		if name == "." || name == ".." {
			name = "topology"
		}
		root, file = staged, filepath.Join(staged, name)
		if err := copyProgram(compiled.Program(), file); err != nil {
			return err
		}
	}
	if root == "" {
		var err error
		if root, err = adapters.Root(file, p.adapters); err != nil {
			return err
		}
	}
	inside, err := relative(root, file)
	if err != nil {
		return &invalidError{fmt.Errorf("--root: %w", err)}
	}
	filter := s.request.Filter
	if filter != "" {
		if filter, err = relative(root, filter); err != nil {
			return &invalidError{fmt.Errorf("--filter: %w", err)}
		}
	}
	var bundle bytes.Buffer
	summary, err := blob.Pack(root, &bundle)
	if err != nil {
		return &invalidError{fmt.Errorf("the files of %s can't be given to the cluster: %w", root, err)}
	}
	p.complain(summary.Warnings)
	described, err := json.Marshal(k.topology)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(bundle.Bytes())
	k.bundle = bundle.Bytes()
	k.source = fsm.Source{
		Bundle: hex.EncodeToString(sum[:]), File: filepath.ToSlash(inside), Class: s.request.Class, Environment: s.request.Env, Filter: filepath.ToSlash(filter),
		Arguments: s.request.Args, Description: described, Settings: s.settings,
	}
	_, _ = fmt.Fprintf(p.stderr, "gstorm: %d files, %d bytes, packed to %d\n", summary.Files, summary.Bytes, bundle.Len())
	return nil
}

// builtOnNodes warns of components whose source every node has to build: of a topology in several languages, of which the
// cluster gets the files.
func builtOnNodes(s adapters.Session, file string) (warnings gstorm.Problems) {
	if _, whole := s.(adapters.Compiled); whole {
		return nil
	}
	t := s.Topology()
	for i := range t.Components {
		c := &t.Components[i]
		of := c.Implementation.File
		if c.Implementation.Type != gstorm.FileImplementation || languageOf(cmp.Or(of, file)) != ".go" && (of == "" || !isDir(filepath.Join(filepath.Dir(file), of))) {
			continue
		}
		warnings = append(warnings, gstorm.Problem{
			Severity: gstorm.Warning, At: c.At,
			Message: fmt.Sprintf("%s %q is of Go source, %s: every node that runs it builds it, and needs Go for that", c.Kind, c.ID, cmp.Or(of, file)),
			Hint:    "build it here (go build) and name the program in place of its source, if the nodes have the same system and processor",
		})
	}
	return warnings
}

// relative is a file's path in a folder.
func relative(folder, file string) (string, error) {
	whole, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	if file, err = filepath.Abs(file); err != nil {
		return "", err
	}
	inside, err := filepath.Rel(whole, file)
	if err != nil || !filepath.IsLocal(inside) {
		return "", fmt.Errorf("%s is not in %s", file, folder)
	}
	return inside, nil
}

func copyProgram(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o755)
}

// deliver gives the cluster the bundle.
func (p *program) deliver(ctx context.Context, ask *api.Client, k *packed) error {
	return ask.PutBundle(ctx, k.source.Bundle, func() (io.Reader, error) { return bytes.NewReader(k.bundle), nil })
}

// who is the user of this machine.
func who() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	host, err := os.Hostname()
	if err != nil {
		return u.Username
	}
	return u.Username + "@" + host
}

// remoteControl is what a file's code after submission can do to topologies of a cluster. It implements adapters.Control.
type remoteControl struct {
	ctx context.Context
	ask *api.Client
}

// Shutdown does nothing: Storm's LocalCluster is not there to be shut down, and the topology is to go on.
func (r *remoteControl) Shutdown() {}

// Kill kills a topology.
func (r *remoteControl) Kill(topology string, wait time.Duration) error {
	seconds := -1.0
	if wait >= 0 {
		seconds = wait.Seconds()
	}
	return r.ask.Do(r.ctx, topology, "kill", api.Change{Wait: seconds, By: who()})
}

// Activate lets a topology's spouts emit.
func (r *remoteControl) Activate(topology string) error {
	return r.ask.Do(r.ctx, topology, "activate", api.Change{})
}

// Deactivate stops a topology's spouts from emitting.
func (r *remoteControl) Deactivate(topology string) error {
	return r.ask.Do(r.ctx, topology, "deactivate", api.Change{})
}
