// Package agent is a machine's part in a cluster: it finds the others, takes requests, keeps the workers running that the
// leader wants here, and may be that leader itself.
//
//	people, other agents ──▶ server ──▶ desk, if it leads; else the request goes on to who does
//	                                     │
//	     control.Decide ◀── leader ◀─────┤ questions of workers, reports of agents
//	            │
//	            ▼
//	     consensus.Log: every member applies the same commands
//	            │
//	            ▼
//	node: orders ──▶ bundle, what it needs ──▶ process.Supervisor ──▶ workers
//
// It never touches a tuple: those go from worker to worker.
package agent
