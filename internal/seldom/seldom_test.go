package seldom

import (
	"net"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatWasSaidIsNotSaidAgainForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Speaker
		for i, want := range []bool{true, false} {
			if s.May("a") != want {
				t.Errorf("%d: %v", i, !want)
			}
		}
		if !s.May("b") {
			t.Error("b was never said")
		}
		time.Sleep(Every)
		if !s.May("a") {
			t.Error("it was long ago")
		}
		for i := range 2 * most {
			s.May(strconv.Itoa(i))
		}
		if len(s.said) > most {
			t.Errorf("%d things are remembered", len(s.said))
		}
	})
}

func TestHost(t *testing.T) {
	for want, address := range map[string]net.Addr{
		"10.0.0.1": &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 4000}, "nowhere": nil, "/tmp/x": &net.UnixAddr{Name: "/tmp/x"},
	} {
		if got := Host(address); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
