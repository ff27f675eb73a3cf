//go:build unix && !linux

package child

// runnableThreads is not known on this system.
func runnableThreads() (threads int, known bool) { return 0, false }
