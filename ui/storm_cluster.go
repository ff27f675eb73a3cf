package ui

import (
	"maps"
	"net"
	"slices"
	"strconv"

	"github.com/gstorm/gstorm"
)

// stormConfiguration is gstorm's own default configuration: what a topology has set is in its own document.
func (s *Server) stormConfiguration(*stormRequest) (any, error) {
	return gstorm.DefaultConfig(), nil
}

// resources are what gstorm shares out to no topology as Storm does.
func resources(prefix string, names ...string) object {
	o := object{}
	for _, name := range names {
		o[prefix+name] = 0.0
	}
	return o
}

func merged(all ...object) object {
	o := object{}
	for _, one := range all {
		maps.Copy(o, one)
	}
	return o
}

func versionInfo(version string) object {
	return object{"version": version, "revision": "", "branch": "", "date": "", "srcChecksum": "", "url": "https://github.com/gstorm/gstorm", "user": ""}
}

func (s *Server) stormCluster(q *stormRequest) (any, error) {
	c := q.cluster
	total, used, tasks := 0, 0, 0
	for i := range c.Nodes {
		total += c.Nodes[i].Slots
		used += c.Nodes[i].Workers
	}
	for i := range c.Topologies {
		if p := c.Topologies[i].Plan; p != nil {
			tasks += len(p.Tasks)
		}
	}
	uptime := q.now.Sub(c.Started).Seconds()
	return merged(object{
		"user": "", "stormVersion": c.Version, "stormVersionInfo": versionInfo(c.Version), "alternativeWorkerVersions": []string{},
		"supervisors": len(c.Nodes), "topologies": len(c.Topologies), "slotsTotal": total, "slotsUsed": used, "slotsFree": max(total-used, 0),
		"executorsTotal": tasks, "tasksTotal": tasks, "memAssignedPercentUtil": "0.0", "cpuAssignedPercentUtil": "0.0", "schedulerDisplayResource": false,
		"availGenerics": object{}, "totalGenerics": object{}, "bugtracker-url": "", "central-log-url": "",
		"nimbusUptime": pretty(uptime), "nimbusUptimeSeconds": int(uptime), // of Storm before 1.0, which streamparse still reads
	}, resources("", "totalMem", "totalCpu", "availMem", "availCpu", "fragmentedMem", "fragmentedCpu")), nil
}

func (s *Server) stormNimbus(q *stormRequest) (any, error) {
	list := []object{}
	for _, n := range q.cluster.Nodes {
		status := "Not a Leader"
		switch {
		case n.Status != "alive":
			status = "Offline"
		case n.Role == "leader":
			status = "Leader"
		case n.Role == "":
			continue
		}
		host, port := addressOf(&n)
		up := max(q.now.Sub(n.Since).Seconds(), 0)
		list = append(list, object{
			"host": host, "port": port, "status": status, "version": n.Version, "nimbusUpTime": pretty(up), "nimbusUpTimeSeconds": strconv.Itoa(int(up)), "nimbusLogLink": "",
		})
	}
	return object{"nimbuses": list}, nil
}

func addressOf(n *Node) (host string, port int) {
	host, text, err := net.SplitHostPort(n.Address)
	if err != nil {
		return n.Name, 0
	}
	port, _ = strconv.Atoi(text)
	return host, port
}

func (q *stormRequest) supervisor(n *Node) object {
	up := max(q.now.Sub(n.Since).Seconds(), 0)
	return merged(object{
		"id": n.ID, "host": n.Name, "uptime": pretty(up), "uptimeSeconds": int(up), "slotsTotal": n.Slots, "slotsUsed": n.Workers, "slotsFree": max(n.Slots-n.Workers, 0),
		"version": n.Version, "blacklisted": n.Draining, "totalGenericResources": "", "usedGenericResources": "", "availGenericResources": "", "logLink": "",
	}, resources("", "totalMem", "totalCpu", "usedMem", "usedCpu", "availMem", "availCpu"))
}

// supervisorsEnd is what stands beside a list of supervisors. Storm's log viewer is a server of its own; here logs are where
// all else is.
func (q *stormRequest) supervisorsEnd() object {
	port := 0
	if _, text, err := net.SplitHostPort(q.Host); err == nil {
		port, _ = strconv.Atoi(text)
	}
	scheme := "http"
	if q.TLS != nil {
		scheme = "https"
	}
	return object{"schedulerDisplayResource": false, "logviewerPort": port, "logviewerScheme": scheme}
}

func (s *Server) stormSupervisors(q *stormRequest) (any, error) {
	list := []object{}
	for i := range q.cluster.Nodes {
		list = append(list, q.supervisor(&q.cluster.Nodes[i]))
	}
	return merged(q.supervisorsEnd(), object{"supervisors": list}), nil
}

func (s *Server) stormSupervisor(q *stormRequest) (any, error) {
	id, host := q.URL.Query().Get("id"), q.URL.Query().Get("host")
	if id == "" && host == "" {
		return nil, invalidf("id or host is missing")
	}
	supervisors, workers := []object{}, []object{}
	var known []string
	for i := range q.cluster.Nodes {
		n := &q.cluster.Nodes[i]
		known = append(known, n.Name)
		if n.ID != id && n.Name != host {
			continue
		}
		supervisors = append(supervisors, q.supervisor(n))
		for k := range q.cluster.Topologies {
			t := &q.cluster.Topologies[k]
			for w := range t.Workers {
				if t.Workers[w].Node == n.ID {
					workers = append(workers, stormWorker(t, &t.Workers[w], q.now.Sub(t.Submitted).Seconds()))
				}
			}
		}
	}
	if len(supervisors) == 0 {
		return nil, nearest("node", id+host, known, gstorm.Nearest(id+host, known))
	}
	return merged(q.supervisorsEnd(), object{"supervisors": supervisors, "workers": workers}), nil
}

// stormWorker is a worker as Storm tells it. uptime is the topology's: how long a worker has been there is not known.
func stormWorker(t *Topology, w *Worker, uptime float64) object {
	host, port := hostPort(w)
	tasks := map[string]int{}
	if t.Plan != nil {
		for _, id := range w.TaskIDs {
			if id >= 1 && id <= len(t.Plan.Tasks) {
				tasks[t.Plan.Tasks[id-1].Component]++
			}
		}
	}
	return merged(object{
		"supervisorId": w.Node, "host": host, "port": port, "topologyId": t.ID, "topologyName": t.Name, "executorsTotal": len(w.TaskIDs), "componentNumTasks": tasks,
		"uptime": pretty(uptime), "uptimeSeconds": int(uptime), "workerLogLink": logLink(t.Name, w.ID, ""), "owner": t.By,
	}, resources("assigned", "MemOnHeap", "MemOffHeap", "Cpu"))
}

// owners are who has submitted topologies.
func (q *stormRequest) owners() []object {
	by := map[string][]*Topology{}
	for i := range q.cluster.Topologies {
		t := &q.cluster.Topologies[i]
		by[t.By] = append(by[t.By], t)
	}
	list := []object{}
	for _, owner := range slices.Sorted(maps.Keys(by)) {
		tasks, workers := 0, 0
		for _, t := range by[owner] {
			workers += len(t.Workers)
			if t.Plan != nil {
				tasks += len(t.Plan.Tasks)
			}
		}
		list = append(list, merged(object{
			"owner": owner, "totalTopologies": len(by[owner]), "totalExecutors": tasks, "totalWorkers": workers, "totalTasks": tasks,
			"memoryGuarantee": "N/A", "cpuGuarantee": "N/A", "isolatedNodes": "N/A", "memoryGuaranteeRemaining": "N/A", "cpuGuaranteeRemaining": "N/A", "schedulerDisplayResource": false,
		}, resources("total", "MemoryUsage", "CpuUsage", "ReqOnHeapMem", "ReqOffHeapMem", "ReqMem", "ReqCpu", "AssignedOnHeapMem", "AssignedOffHeapMem", "AssignedMem", "AssignedCpu")))
	}
	return list
}

func (s *Server) stormOwners(q *stormRequest) (any, error) {
	return object{"schedulerDisplayResource": false, "owners": q.owners()}, nil
}

func (s *Server) stormOwner(q *stormRequest) (any, error) {
	name := q.PathValue("owner")
	for _, o := range q.owners() {
		if o["owner"] != name {
			continue
		}
		topologies := []object{}
		for i := range q.cluster.Topologies {
			if t := &q.cluster.Topologies[i]; t.By == name {
				topologies = append(topologies, summary(t, q.cluster.Version, q.now.Sub(t.Submitted).Seconds()))
			}
		}
		return merged(o, object{"topologies": topologies}), nil
	}
	return nil, notFoundf("nobody called %q has a topology", name)
}

// stormHistory are the ids of topologies that a user may see the logs of: here, those that there are.
func (s *Server) stormHistory(q *stormRequest) (any, error) {
	ids := []string{}
	for i := range q.cluster.Topologies {
		ids = append(ids, q.cluster.Topologies[i].ID)
	}
	return object{"topo-history": ids}, nil
}
