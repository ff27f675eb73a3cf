package deploy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
)

// Up brings hosts to what the file says, of these names, or all. A host that can't be dealt with is told of and left out; the
// error is then a *FailedHostsError.
func (d *Deployment) Up(ctx context.Context, binaries *Binaries, names []string, prune bool) ([]Row, error) {
	hosts, err := d.File.Select(names)
	if err != nil {
		return nil, err
	}
	machines := machinesOf(hosts)
	d.each(machines, func(m *machine) error {
		if err := d.look(ctx, m); err != nil {
			return err
		}
		return d.plan(m, binaries)
	})
	fresh := !slices.ContainsFunc(machines, func(m *machine) bool { return m.facts.Began })
	d.each(machines, func(m *machine) error { return d.install(ctx, m) })
	d.each(machines, func(m *machine) error {
		if !m.steps.Start {
			return nil
		}
		if err := d.start(ctx, m); err != nil {
			return err
		}
		m.facts.Running = true
		return nil
	})
	for _, m := range machines {
		if m.did = m.steps.What(m.Host); m.err == nil && !m.steps.None() {
			d.Say("%s: %s", m.Name, m.did)
		}
	}
	list, err := d.settle(ctx, machines, fresh)
	if err != nil {
		return d.rows(machines, list), err
	}
	if err := d.roll(ctx, machines, list); err != nil {
		return d.rows(machines, list), err
	}
	var there []*Host
	for _, m := range machines {
		if m.err == nil {
			there = append(there, m.Host)
		}
	}
	if err := d.Vault.note(there, nil); err != nil {
		return nil, err
	}
	if err := d.leftovers(ctx, machines, prune); err != nil {
		return d.rows(machines, list), err
	}
	if list, err = d.membersBy(ctx, machines); err != nil && len(there) > 0 {
		return d.rows(machines, list), err
	}
	return d.rows(machines, list), failed(machines)
}

// plan finds out what has to be done on a machine.
func (d *Deployment) plan(m *machine, binaries *Binaries) (err error) {
	if m.binary, err = binaries.For(m.facts.OS, m.facts.Machine); err != nil {
		return err
	}
	files, err := d.Vault.Files(m.Name)
	if err != nil {
		return err
	}
	if m.wanted, err = d.File.Want(m.Host, m.place, m.binary, files); err != nil {
		return err
	}
	m.steps, err = Plan(m.Host, &m.facts, m.wanted)
	return err
}

// settle waits until the agents that run are members of one cluster.
func (d *Deployment) settle(ctx context.Context, machines []*machine, fresh bool) ([]api.Member, error) {
	var running, missing []string
	for _, m := range machines {
		switch {
		case m.err == nil:
			running = append(running, m.Name)
		case slices.Index(d.File.Hosts, m.Host) < d.File.Voters:
			missing = append(missing, m.Name)
		}
	}
	if len(running) == 0 {
		return nil, failed(machines)
	}
	if fresh && len(missing) > 0 && len(machines) == len(d.File.Hosts) {
		return nil, fmt.Errorf("the cluster begins when all of its first hosts are there, and %s could not be dealt with; then run this again", strings.Join(missing, ", "))
	}
	list, err := d.await(ctx, machines, running)
	if err != nil {
		d.reasons(ctx, machines)
	}
	return list, err
}

// reasons says what the logs of agents say last that are no members.
func (d *Deployment) reasons(ctx context.Context, machines []*machine) {
	list, _ := d.membersBy(ctx, machines) // without it all are looked at
	d.each(machines, func(m *machine) error {
		if find(list, m.Name).Status == alive {
			return nil
		}
		said, err := d.run(ctx, m, nil, nil, "agent", "why")
		if err == nil && strings.TrimSpace(said) != "" {
			d.Say("%s: the agent's log says last:\n%s", m.Name, strings.TrimSpace(said))
		}
		return nil
	})
}

// roll starts agents again that have to be, one at a time, the leader last: each is back before the next goes.
func (d *Deployment) roll(ctx context.Context, machines []*machine, list []api.Member) error {
	var again []*machine
	for _, m := range machines {
		if m.err == nil && m.steps.Restart {
			again = append(again, m)
		}
	}
	slices.SortStableFunc(again, func(a, b *machine) int {
		leads := func(m *machine) int { return strings.Count(find(list, m.Name).Role, "leader") }
		return leads(a) - leads(b)
	})
	var there []string
	for _, member := range list {
		if member.Status == alive {
			there = append(there, member.Name)
		}
	}
	for i, m := range again {
		d.Say("%s: starts again (%d of %d)", m.Name, i+1, len(again))
		err := d.start(ctx, m)
		if err == nil {
			_, err = d.await(ctx, []*machine{m}, there)
		}
		if err != nil {
			m.err = err
			d.Say("%s: %v", m.Name, err)
			if rest := len(again) - i - 1; rest > 0 {
				return fmt.Errorf("%s did not come back, so the other %d that have to be started again were left as they run", m.Name, rest)
			}
		}
	}
	return nil
}

// leftovers deals with hosts that have left the file.
func (d *Deployment) leftovers(ctx context.Context, machines []*machine, prune bool) error {
	left, err := d.Vault.left()
	if err != nil {
		return err
	}
	for _, h := range left {
		if !prune {
			d.Say("%s (%s) is not in %s any more, and was left alone: --prune takes it out of the cluster", h.Name, h.SSH.destination(h), d.File.Path)
			continue
		}
		if err := d.prune(ctx, machines, h); err != nil {
			return fmt.Errorf("%s could not be taken out: %w", h.Name, err)
		}
		if err := d.Vault.note(nil, []*Host{h}); err != nil {
			return err
		}
	}
	return nil
}

// prune takes a host out of the cluster: what runs there moves to others, then all that was deployed is taken away, for it has
// keys by which one is a member, and it is forgotten.
func (d *Deployment) prune(ctx context.Context, machines []*machine, h *Host) error {
	list, err := d.membersBy(ctx, machines)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(machines, func(m *machine) bool { return m.err == nil && m.facts.Running })
	member := find(list, h.Name)
	if member.Status == alive {
		d.Say("%s: gives away what runs there", h.Name)
		limited, cancel := context.WithTimeoutCause(ctx, d.Wait, fmt.Errorf("it still has workers after %v: is there room for them on others?", d.Wait))
		_, err := d.ask(limited, machines[i], "", h.Name)
		cancel()
		if err != nil {
			return err
		}
	}
	m := &machine{Host: h}
	if err := d.look(ctx, m); err != nil {
		if member.Status == alive {
			return err
		}
		d.Say("%s: %v; it is forgotten all the same, and has the keys still", h.Name, err)
	} else if err := d.purge(ctx, m); err != nil {
		return err
	}
	if member.Name != "" {
		if err := d.forget(ctx, machines[i], member.ID); err != nil {
			return err
		}
	}
	d.Say("%s: is out of the cluster", h.Name)
	return nil
}

// forget has the cluster forget a node. It refuses until it has heard that the agent was stopped, which takes a moment.
func (d *Deployment) forget(ctx context.Context, by *machine, id string) error {
	limited, cancel := context.WithTimeout(ctx, d.Wait)
	defer cancel()
	for {
		_, err := d.ask(limited, by, "--forget", id)
		if err == nil || strings.Contains(err.Error(), "there is no node") {
			return nil
		}
		select {
		case <-limited.Done():
			return err
		case <-time.After(askEvery):
		}
	}
}

// rows are what is known of machines.
func (d *Deployment) rows(machines []*machine, list []api.Member) (rows []Row) {
	for _, m := range machines {
		r := Row{Host: m.Name, SSH: m.SSH.destination(m.Host), Version: m.facts.Version, Did: m.did, Err: m.err, Agent: "stopped", Changed: !m.steps.None()}
		switch {
		case m.facts.OS == "":
			r.Agent = "unknown"
		case m.facts.Running:
			r.Agent = "running"
		}
		member := find(list, m.Name)
		r.Member, r.Role = member.Status, member.Role
		if member.Status == alive {
			r.Version = member.Version
		}
		rows = append(rows, r)
	}
	return rows
}
