package child

import (
	"bytes"
	"os"
	"strconv"
	"sync"
)

var loadavg = sync.OnceValue(func() *os.File {
	f, err := os.Open("/proc/loadavg")
	if err != nil {
		return nil
	}
	return f
})

// runnableThreads counts the threads on the machine that run or could.
func runnableThreads() (threads int, known bool) {
	f := loadavg()
	if f == nil {
		return 0, false
	}
	var text [64]byte
	n, _ := f.ReadAt(text[:], 0) // io.EOF: it is shorter
	fields := bytes.Fields(text[:n])
	if len(fields) < 4 {
		return 0, false
	}
	running, _, _ := bytes.Cut(fields[3], []byte("/"))
	threads, err := strconv.Atoi(string(running))
	return threads, err == nil
}
