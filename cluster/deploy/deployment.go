package deploy

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gstorm/gstorm"
)

// Deployment carries out on hosts what a file says.
type Deployment struct {
	File  *File
	Vault *Vault
	Shell Shell
	Say   func(format string, args ...any) // tells a person what is done; from any goroutine
	Wait  time.Duration                    // for how long an agent may take to be a member
}

// Row is what is known of a host.
type Row struct {
	Host    string
	SSH     string // where it is reached
	Version string // of its gstorm
	Agent   string // running, stopped, or unknown
	Member  string // what the cluster calls it: alive, failed, left, or "": it knows of none
	Role    string // leader, voter, or ""
	Did     string // what was done
	Changed bool   // something was
	Err     error  // what went wrong
}

// FailedHostsError says that some hosts are not as they are to be; what is wrong with each was said.
type FailedHostsError struct {
	Hosts []string
	Of    int
}

// Error names them.
func (e *FailedHostsError) Error() string {
	return fmt.Sprintf("%d of %d hosts could not be dealt with: %s", len(e.Hosts), e.Of, strings.Join(e.Hosts, ", "))
}

// machine is a host while something is done with it.
type machine struct {
	*Host
	place  Place
	facts  Facts
	binary *Binary
	wanted *Wanted
	steps  Steps
	did    string
	err    error
}

// most is with how many hosts something is done at a time.
const most = 16

// each does something with machines at the same time, those without an error; an error that it has is the machine's.
func (d *Deployment) each(machines []*machine, do func(m *machine) error) {
	var all sync.WaitGroup
	places := make(chan struct{}, most)
	for _, m := range machines {
		if m.err != nil {
			continue
		}
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if m.err = do(m); m.err != nil {
				d.Say("%s: %v", m.Name, m.err)
			}
		})
	}
	all.Wait()
}

// Select is the hosts of some names; of none all.
func (f *File) Select(names []string) ([]*Host, error) {
	if len(names) == 0 {
		return f.Hosts, nil
	}
	var chosen []*Host
	var known []string
	for _, h := range f.Hosts {
		known = append(known, h.Name)
	}
	for _, name := range names {
		i := slices.Index(known, name)
		if i < 0 {
			message := fmt.Sprintf("%s has no host %q", f.Path, name)
			if near := gstorm.Nearest(name, known); near != "" {
				return nil, fmt.Errorf("%s, did you mean %s?", message, near)
			}
			return nil, fmt.Errorf("%s, but %s", message, strings.Join(known, ", "))
		}
		if !slices.Contains(chosen, f.Hosts[i]) {
			chosen = append(chosen, f.Hosts[i])
		}
	}
	return chosen, nil
}

func machinesOf(hosts []*Host) (all []*machine) {
	for _, h := range hosts {
		all = append(all, &machine{Host: h})
	}
	return all
}

// look finds out what there is on a machine.
func (d *Deployment) look(ctx context.Context, m *machine) error {
	output, err := d.Shell.Run(ctx, m.Host, command(false, map[string]string{"mark": mark}, nil, "login"))
	if err != nil {
		return err
	}
	login, err := parseLogin(output)
	if err != nil {
		return err
	}
	if m.place, err = m.Place(login); err != nil {
		return err
	}
	m.facts.Login = login
	return d.lookAgain(ctx, m)
}

// lookAgain finds out what there is of gstorm.
func (d *Deployment) lookAgain(ctx context.Context, m *machine) error {
	paths := []string{m.Paths.Binary, unitPath}
	for _, name := range []string{agentFile, caFile, certFile, keyFile, gossipFile, tokensFile} {
		paths = append(paths, m.Paths.Config+"/"+name)
	}
	output, err := d.run(ctx, m, map[string]string{"files": strings.Join(paths, "\n")}, nil, "agent", "facts")
	if err != nil {
		return err
	}
	m.facts, err = parseFacts(m.facts.Login, output)
	return err
}

// run runs scripts on a machine, with the variables that all of them have, and more.
func (d *Deployment) run(ctx context.Context, m *machine, more map[string]string, input io.Reader, names ...string) (string, error) {
	service := None
	if m.place.Systemd {
		service = Systemd
	}
	variables := map[string]string{
		"mark": mark, "bin": m.Paths.Binary, "conf": m.Paths.Config, "data": m.Paths.Data, "unit": unitPath,
		"user": m.place.RunAs, "service": service, "cluster": d.File.Name,
	}
	for name, value := range more {
		variables[name] = value
	}
	return d.Shell.Run(ctx, m.Host, command(m.place.Root && !m.facts.Root, variables, input, names...))
}

// install does the steps before the start.
func (d *Deployment) install(ctx context.Context, m *machine) error {
	if m.steps.Prepare {
		if _, err := d.run(ctx, m, nil, nil, "prepare"); err != nil {
			return err
		}
	}
	for _, i := range m.steps.Put {
		if err := d.put(ctx, m, i); err != nil {
			return fmt.Errorf("%s: %w", i.Path, err)
		}
	}
	return nil
}

func (d *Deployment) put(ctx context.Context, m *machine, i Item) error {
	variables := map[string]string{"path": i.Path, "sum": i.Sum, "mode": fmt.Sprintf("%04o", i.Mode), "open": "no", "try": "no"}
	if i.Mode&0o004 != 0 {
		variables["open"] = "yes"
	}
	var input io.Reader = strings.NewReader(string(i.Content))
	if i.Content == nil {
		file, err := os.Open(m.binary.Path)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		input, variables["try"] = file, "yes"
	}
	_, err := d.run(ctx, m, variables, input, "put")
	return err
}

// start starts the agent, or starts it again.
func (d *Deployment) start(ctx context.Context, m *machine) error {
	// What the user's shell is told without systemd: the pid goes where start.sh waits for it.
	launch := fmt.Sprintf("umask 027; cd %s && echo $$ >&3 && exec 3>&- && exec %s agent --config %s >>%s 2>&1 </dev/null",
		Quote(m.Paths.Data), Quote(m.Paths.Binary), Quote(m.Paths.Config+"/"+agentFile), Quote(m.Paths.Data+"/agent.log"))
	_, err := d.run(ctx, m, map[string]string{"stamp": m.wanted.Stamp, "launch": launch}, nil, "agent", "start")
	return err
}

// AbsentHostsError says which hosts are no members of the cluster that are alive.
type AbsentHostsError struct{ Hosts []string }

// Error names them.
func (e *AbsentHostsError) Error() string {
	return "no members of the cluster that are alive: " + strings.Join(e.Hosts, ", ")
}

// failed is the error of machines that have one.
func failed(machines []*machine) error {
	e := &FailedHostsError{Of: len(machines)}
	for _, m := range machines {
		if m.err != nil {
			e.Hosts = append(e.Hosts, m.Name)
		}
	}
	if len(e.Hosts) == 0 {
		return nil
	}
	return e
}
