package deploy

import "context"

// Down stops the agents and the workers of hosts of these names, or of all. Of some, each is stopped before the next, so that
// what ran there can go on elsewhere; of all, first every agent is, for nothing to move any more, then the workers. Data
// stays, unless it is to be purged, with all that was deployed.
func (d *Deployment) Down(ctx context.Context, names []string, purge bool) ([]Row, error) {
	hosts, err := d.File.Select(names)
	if err != nil {
		return nil, err
	}
	machines := machinesOf(hosts)
	d.each(machines, func(m *machine) error { return d.look(ctx, m) })
	d.each(machines, func(m *machine) error { return m.facts.foreign(m.Host, d.File.Name) })
	if len(hosts) < len(d.File.Hosts) {
		for _, m := range machines {
			d.each([]*machine{m}, func(m *machine) error { return d.end(ctx, m) })
		}
	} else {
		d.each(machines, func(m *machine) error { return d.stop(ctx, m) })
		d.each(machines, func(m *machine) error { return d.endWorkers(ctx, m) })
	}
	var gone []*Host
	for _, m := range machines {
		if m.err != nil {
			continue
		}
		if m.did = "was stopped already"; m.facts.Running {
			m.did = "stopped"
		}
		m.facts.Running = false
	}
	if purge {
		d.each(machines, func(m *machine) error {
			m.did, m.facts.Version = "purged", ""
			return d.remove(ctx, m)
		})
		for _, m := range machines {
			if m.err == nil {
				gone = append(gone, m.Host)
			}
		}
		if err := d.Vault.note(nil, gone); err != nil {
			return nil, err
		}
	}
	for _, m := range machines {
		if m.err == nil {
			d.Say("%s: %s", m.Name, m.did)
		}
	}
	return d.rows(machines, nil), failed(machines)
}

// end stops the agent of a machine, and its workers.
func (d *Deployment) end(ctx context.Context, m *machine) error {
	if err := d.stop(ctx, m); err != nil {
		return err
	}
	return d.endWorkers(ctx, m)
}

// purge stops all on a machine, and takes away what was deployed.
func (d *Deployment) purge(ctx context.Context, m *machine) error {
	if err := d.end(ctx, m); err != nil {
		return err
	}
	return d.remove(ctx, m)
}

func (d *Deployment) remove(ctx context.Context, m *machine) error {
	_, err := d.run(ctx, m, nil, nil, "agent", "purge")
	return err
}

func (d *Deployment) stop(ctx context.Context, m *machine) error {
	_, err := d.run(ctx, m, nil, nil, "agent", "stop")
	return err
}

func (d *Deployment) endWorkers(ctx context.Context, m *machine) error {
	_, err := d.run(ctx, m, nil, nil, "agent", "workers")
	return err
}

// Status looks at hosts of these names, or at all, and changes nothing. The error is an *AbsentHostsError if one of them is
// no member of the cluster that is alive, as far as could be seen.
func (d *Deployment) Status(ctx context.Context, names []string) ([]Row, error) {
	hosts, err := d.File.Select(names)
	if err != nil {
		return nil, err
	}
	machines := machinesOf(hosts)
	d.each(machines, func(m *machine) error { return d.look(ctx, m) })
	d.each(machines, func(m *machine) error { return m.facts.foreign(m.Host, d.File.Name) })
	list, err := d.membersBy(ctx, machines)
	rows, bad := d.rows(machines, list), &AbsentHostsError{}
	for i := range rows {
		if rows[i].Err != nil || rows[i].Member != alive {
			bad.Hosts = append(bad.Hosts, rows[i].Host)
		}
	}
	if err != nil {
		d.Say("the cluster does not answer: %v", err)
	}
	if len(bad.Hosts) > 0 {
		return rows, bad
	}
	return rows, nil
}
