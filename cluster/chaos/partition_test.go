package chaos

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/message"
)

var cut = quality{cut: true}

// TestMachinesLoseEachOther: the leader alone on its side, one that is heard but does not hear and one that hears but is not
// heard, links that flap, and nobody who hears anybody.
func TestMachinesLoseEachOther(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3)
	c.submit()

	i := c.leader()
	c.say("%s, which leads, is cut off", c.machines[i].name)
	c.set([]int{i}, c.but(i), cut)
	c.apart()
	c.recover()

	i = c.leader()
	c.say("%s, which leads, is heard by nobody", c.machines[i].name)
	c.setOneWay([]int{i}, c.but(i), cut)
	c.apart()
	c.recover()

	i = c.but(c.leader())[0]
	c.say("%s, which does not lead, hears nobody", c.machines[i].name)
	c.setOneWay(c.but(i), []int{i}, cut)
	c.apart()
	c.recover()

	c.say("the links of %s flap", c.machines[i].name)
	for range 6 {
		c.set([]int{i}, c.but(i), cut)
		c.pass(time.Duration(rand.Float64() * float64(time.Second)))
		c.heal()
		c.pass(time.Duration(rand.Float64() * float64(time.Second)))
	}
	c.recover()

	c.say("nobody hears anybody")
	c.set(c.all(), c.all(), cut)
	c.pass(message.LeaseLength + 2*time.Second) // all workers are cut
	c.recover()
	c.finish()
}

// apart waits until all tasks run on the side of the majority: those of the other go on among themselves for as long as they
// have their lease.
func (c *cluster) apart() {
	c.Helper()
	c.pass(message.LeaseLength)
	c.flows()
}

// recover makes all ways perfect, and waits until all is well.
func (c *cluster) recover() {
	c.Helper()
	c.say("all ways are there again")
	c.heal()
	c.whole()
	c.flows()
}

// TestABadNetwork: slow links that lose and reorder packets.
func TestABadNetwork(t *testing.T) {
	longOnly(t)
	c := newCluster(t, 3)
	c.submit()
	for _, q := range []quality{
		{delay: 20 * time.Millisecond, jitter: 20 * time.Millisecond},
		{delay: 2 * time.Millisecond, loss: 0.02},
		{delay: 5 * time.Millisecond, jitter: 50 * time.Millisecond, loss: 0.01},
	} {
		c.say("links %+v", q)
		c.set(c.all(), c.all(), q)
		c.pass(20 * time.Second)
		c.flows()
	}
	c.recover()
	c.finish()
}

// TestAClusterInTwo: the parts are apart for so long that gossip has given up those of the other.
func TestAClusterInTwo(t *testing.T) {
	longOnly(t)
	c := newCluster(t, 5)
	c.submit()
	c.say("m1 and m2 lose the others")
	c.set([]int{0, 1}, []int{2, 3, 4}, cut)
	c.pass(90 * time.Second)
	c.flows()
	c.recover()
	c.finish()
}

// TestPartitionsForMinutes: any group of machines loses any other, in both directions or one, for some seconds, again and
// again.
func TestPartitionsForMinutes(t *testing.T) {
	longOnly(t)
	c := newCluster(t, 5)
	c.submit()
	for range 20 {
		var a, b []int
		for _, i := range c.all() {
			if rand.IntN(2) == 0 {
				a = append(a, i)
			} else {
				b = append(b, i)
			}
		}
		if rand.IntN(3) == 0 {
			c.say("%v is not heard by %v", a, b)
			c.setOneWay(a, b, cut)
		} else {
			c.say("%v and %v lose each other", a, b)
			c.set(a, b, cut)
		}
		c.pass(time.Duration((1 + rand.Float64()*7) * float64(time.Second)))
		c.heal()
		c.pass(time.Duration(rand.Float64() * float64(4*time.Second)))
	}
	c.recover()
	c.finish()
}
