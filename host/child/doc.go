// Package child runs components that are processes of their own: it starts one, hands it the multilang handshake, moves
// bytes both ways, and when the process ends it says why in words that its author can act on.
//
//	host --Write--> stdin          stdout --Recv--> host
//	                  [ the child's process group ]
//	log  <-- stderr, line by line  fd 3 --> Print: what the component itself prints
//
// A Launcher belongs to one worker and starts all its children. A Process is one incarnation of one task: when it has
// died, the host starts the next one, waiting as long as Restarts says. Liveness says when a silent child counts as hung.
// Both are plain values without a clock of their own.
//
// No process outlives its host. Every child leads a process group, which gets SIGKILL as soon as the child itself has
// ended, whatever it has left behind there. If the host is killed before it can do that, the kernel kills the children
// (Linux), and a guard process, which sees the pipe from the host close, kills the groups (everywhere). Processes that have
// left the group of their own accord, as daemons do, are found by a mark in their environment (Linux); out of reach are
// there only those that have wiped it out, and elsewhere all of them. Where a host may run for a certain time only, as a worker
// with a lease, a Hold has the guard see to that even if the host is stopped.
package child
