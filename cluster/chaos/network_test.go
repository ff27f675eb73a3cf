package chaos

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// network carries packets between hosts. Each host is a network namespace with one interface, whose packets come here: so
// every way from one host to another can be cut, or be slow, or lose and reorder packets, in one direction alone.
type network struct {
	hosts   []*host
	reading sync.WaitGroup

	mu   sync.Mutex
	ways map[way]quality
}

// way is from one host to another, by their numbers.
type way struct{ from, to int }

// quality is how a way is. The zero quality is a perfect one.
type quality struct {
	cut    bool
	delay  time.Duration
	jitter time.Duration // up to so much more, each packet for itself: they overtake each other
	loss   float64       // of all packets, 0 to 1
}

// host is an end of the network.
type host struct {
	namespace string
	ip        string
	device    *os.File
}

const device = "chaos0"

// namespaces counts those that were made, for their names.
var namespaces atomic.Int64

// newNetwork makes a network of n hosts. It is taken down at the end of the test.
func newNetwork(t *testing.T, n int) *network {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, for network namespaces")
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		t.Skip("needs /dev/net/tun: ", err)
	}
	net := &network{ways: map[way]quality{}}
	t.Cleanup(net.close)
	for i := range n {
		h := &host{namespace: fmt.Sprintf("chaos-%d-%d", os.Getpid(), namespaces.Add(1)), ip: fmt.Sprintf("10.77.0.%d", i+1)}
		command(t, "ip", "netns", "add", h.namespace)
		net.hosts = append(net.hosts, h)
		var err error
		if h.device, err = openDevice("/run/netns/" + h.namespace); err != nil {
			t.Fatal("a network device can't be made: ", err)
		}
		in := []string{"ip", "-n", h.namespace}
		command(t, append(in, "link", "set", "lo", "up")...)
		command(t, append(in, "addr", "add", h.ip+"/24", "dev", device)...)
		command(t, append(in, "link", "set", device, "mtu", "16000", "up")...)
	}
	for i := range net.hosts {
		net.reading.Go(func() { net.read(i) })
	}
	return net
}

// openDevice makes the interface of a namespace, and is its other end.
func openDevice(namespace string) (*os.File, error) {
	type result struct {
		file *os.File
		err  error
	}
	made := make(chan result)
	go func() {
		file, err := inNamespace(namespace, makeDevice)
		made <- result{file, err}
	}()
	r := <-made
	return r.file, r.err
}

// inNamespace calls a function on a thread that is in a network namespace meanwhile.
func inNamespace(namespace string, f func() (*os.File, error)) (*os.File, error) {
	runtime.LockOSThread()
	var own, other int
	own, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = unix.Close(own) }()
	if other, err = unix.Open(namespace, unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		return nil, err
	}
	defer func() { _ = unix.Close(other) }()
	if err := unix.Setns(other, unix.CLONE_NEWNET); err != nil {
		return nil, err
	}
	file, err := f()
	if err := unix.Setns(own, unix.CLONE_NEWNET); err != nil {
		return nil, err // the thread stays locked, and ends with its goroutine
	}
	runtime.UnlockOSThread()
	return file, err
}

func makeDevice() (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	var request struct {
		name  [unix.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}
	copy(request.name[:], device)
	request.flags = unix.IFF_TUN | unix.IFF_NO_PI
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.TUNSETIFF, uintptr(unsafe.Pointer(&request))); errno != 0 {
		_ = unix.Close(fd)
		return nil, errno
	}
	return os.NewFile(uintptr(fd), device), nil
}

// read takes the packets of a host until its device is closed.
func (n *network) read(from int) {
	packet := make([]byte, 1<<16)
	for {
		size, err := n.hosts[from].device.Read(packet)
		if err != nil {
			return
		}
		n.carry(from, packet[:size])
	}
}

// carry takes a packet to where it is to go, unless it gets lost.
func (n *network) carry(from int, packet []byte) {
	const header = 20
	if len(packet) < header || packet[0]>>4 != 4 {
		return // the kernel says something in IPv6 by itself
	}
	destination := netip.AddrFrom4([4]byte(packet[16:20])).String()
	for to, h := range n.hosts {
		if h.ip != destination {
			continue
		}
		n.mu.Lock()
		q := n.ways[way{from, to}]
		n.mu.Unlock()
		switch {
		case q.cut || rand.Float64() < q.loss:
		case q.delay == 0 && q.jitter == 0:
			_, _ = h.device.Write(packet) // the namespace is taken down, or its queue is full: as lost as on a wire
		default:
			packet := append([]byte{}, packet...)
			time.AfterFunc(q.delay+time.Duration(rand.Float64()*float64(q.jitter)), func() { _, _ = h.device.Write(packet) })
		}
	}
}

// set makes the ways between two groups of hosts be so, in both directions.
func (n *network) set(a, b []int, q quality) {
	n.setOneWay(a, b, q)
	n.setOneWay(b, a, q)
}

// setOneWay makes the ways from one group of hosts to another be so.
func (n *network) setOneWay(from, to []int, q quality) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, f := range from {
		for _, t := range to {
			n.ways[way{f, t}] = q
		}
	}
}

// heal makes all ways perfect.
func (n *network) heal() {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.ways)
}

func (n *network) close() {
	for _, h := range n.hosts {
		if h.device != nil {
			_ = h.device.Close()
		}
	}
	n.reading.Wait()
	for _, h := range n.hosts {
		_, _ = output("ip", "netns", "del", h.namespace)
	}
}
