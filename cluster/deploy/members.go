package deploy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
)

// ask has the gstorm of a machine ask the cluster by its own agent: that can be reached wherever ssh can.
func (d *Deployment) ask(ctx context.Context, m *machine, what, node string) (string, error) {
	token, err := d.Vault.Token()
	if err != nil {
		return "", err
	}
	s, err := d.File.settings(m.Host)
	if err != nil {
		return "", err
	}
	host, port, err := net.SplitHostPort(s.Bind)
	if err != nil {
		return "", err
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	variables := map[string]string{"ask": what, "node": node, "address": net.JoinHostPort(host, port), "ca": s.CA}
	output, err := d.run(ctx, m, variables, strings.NewReader(token+"\n"), "ask")
	if err != nil {
		return "", err
	}
	_, answer, _ := strings.Cut("\n"+output, "\n"+mark+"\n")
	return answer, nil
}

// membersBy are the cluster's members, as the first machine says whose agent runs and answers.
func (d *Deployment) membersBy(ctx context.Context, machines []*machine) (list []api.Member, err error) {
	err = errors.New("no agent runs")
	for _, m := range machines {
		if m.err != nil || !m.facts.Running {
			continue
		}
		var answer string
		if answer, err = d.ask(ctx, m, "members", ""); err == nil {
			var all api.Members
			err = json.Unmarshal([]byte(answer), &all)
			if err == nil {
				return all.Members, nil
			}
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	return nil, err
}

// find is the member of a name, the one that is alive if there are several: a machine that was set up anew is another one.
func find(list []api.Member, name string) api.Member {
	var found api.Member
	for _, member := range list {
		if member.Name == name && (found.Name == "" || member.Status == "alive") {
			found = member
		}
	}
	return found
}

const alive = "alive"

// askEvery is how long it is waited between two questions.
const askEvery = 500 * time.Millisecond

// settled reports whether so many of those that are alive vote as there can be, one of them as leader: then one may go.
func settled(list []api.Member, voters int) bool {
	there, votes, leads := 0, 0, false
	for _, m := range list {
		if m.Status == alive {
			there++
			if m.Role != "" {
				votes++
			}
			leads = leads || m.Role == "leader"
		}
	}
	most := min(voters, there)
	if most%2 == 0 {
		most-- // an even number does not vote
	}
	return leads && votes >= most
}

// await waits until hosts are members, and enough of all vote, as one of the machines by says.
func (d *Deployment) await(ctx context.Context, by []*machine, names []string) ([]api.Member, error) {
	limited, cancel := context.WithTimeout(ctx, d.Wait)
	defer cancel()
	var missing []string
	var last error
	for {
		list, err := d.membersBy(limited, by)
		if err == nil {
			missing = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return find(list, name).Status == alive })
			if len(missing) == 0 && settled(list, d.File.Voters) {
				return list, nil
			}
			last = nil
		} else if limited.Err() == nil {
			last = err
		}
		select {
		case <-limited.Done():
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			switch {
			case last != nil:
				return nil, fmt.Errorf("there is no cluster after %v: %w", d.Wait, last)
			case len(missing) > 0:
				return nil, fmt.Errorf("after %v there are no members of the cluster on %s", d.Wait, strings.Join(missing, ", "))
			}
			return nil, fmt.Errorf("after %v too few agents hold the cluster's log", d.Wait)
		case <-time.After(askEvery):
		}
	}
}
