package leader

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// TestVotersComeToRest: whoever is alive, after some steps nothing is left to be done, and then there are as many living voters
// as there can be of an odd number, and at no step has a majority of the voters been dead that was not before.
func TestVotersComeToRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SampledFrom([]int{1, 3, 5}).Draw(t, "want")
		var candidates []Candidate
		var members []Member
		alive, dead := 0, 0
		for i := range rapid.IntRange(1, 9).Draw(t, "agents") {
			c := Candidate{ID: fmt.Sprint("n", i), Address: fmt.Sprint("a", i), Alive: i == 0 || rapid.Bool().Draw(t, "alive"), Leader: i == 0, Applied: 10}
			if i == 0 || rapid.Bool().Draw(t, "member") {
				voter := i == 0 || rapid.Bool().Draw(t, "voter")
				if voter && !c.Alive {
					if dead+1 >= alive { // the leader would not lead
						continue
					}
					dead++
				}
				if voter && c.Alive {
					alive++
				}
				members = append(members, Member{c.ID, c.Address, voter})
			}
			candidates = append(candidates, c)
		}
		living := 0
		for _, c := range candidates {
			if c.Alive {
				living++
			}
		}
		for range 50 {
			change := Voters(want, 10, members, candidates)
			if change == nil {
				break
			}
			members = step(members, *change)
			if !quorum(members, candidates) {
				t.Fatalf("after %+v no majority lives: %+v", *change, members)
			}
		}
		if change := Voters(want, 10, members, candidates); change != nil {
			t.Fatalf("it does not come to rest: %+v with %+v", change, members)
		}
		votes := 0
		for _, m := range members {
			if m.Voter && lives(m, candidates) {
				votes++
			}
		}
		target := min(want, len(candidates))
		if target%2 == 0 {
			target--
		}
		if target = min(target, living); votes != target {
			t.Errorf("%d living voters, want %d of %d: %+v", votes, target, living, members)
		}
	})
}

func step(members []Member, c Change) (next []Member) {
	for _, m := range members {
		if m.ID != c.Member.ID {
			next = append(next, m)
		}
	}
	if !c.Remove {
		next = append(next, c.Member)
	}
	return next
}

func lives(m Member, candidates []Candidate) bool {
	for _, c := range candidates {
		if c.ID == m.ID {
			return c.Alive
		}
	}
	return false
}

func quorum(members []Member, candidates []Candidate) bool {
	voters, living := 0, 0
	for _, m := range members {
		if m.Voter {
			voters++
			if lives(m, candidates) {
				living++
			}
		}
	}
	return 2*living > voters
}

func TestVotersWaitForTheLog(t *testing.T) {
	members := []Member{{"a", "1", true}, {"b", "2", false}}
	candidates := []Candidate{{ID: "a", Address: "1", Alive: true, Leader: true, Applied: 5000}, {ID: "b", Address: "2", Alive: true}, {ID: "c", Address: "3", Alive: true}}
	if c := Voters(3, 5000, members, candidates); c != nil {
		t.Errorf("%+v, while the log is being fetched", c)
	}
	candidates[1].Applied = 4500
	if c := Voters(3, 5000, members, candidates); c == nil || !c.Member.Voter || c.Member.ID != "b" {
		t.Errorf("%+v, when the log is there", c)
	}
}

func TestAMemberThatMovesIsFollowed(t *testing.T) {
	members := []Member{{"a", "1", true}}
	c := Voters(3, 0, members, []Candidate{{ID: "a", Address: "9", Alive: true, Leader: true}})
	if c == nil || c.Member != (Member{"a", "9", true}) {
		t.Errorf("%+v", c)
	}
}

// Of three voters one is dead, and of another nothing is heard for a moment. Without that one nobody would be elected any more.
func TestNoStepThatCouldNotBeTaken(t *testing.T) {
	members := []Member{{"a", "1", true}, {"b", "2", true}, {"c", "3", true}}
	candidates := []Candidate{{ID: "a", Address: "1", Alive: true, Leader: true}, {ID: "b", Address: "2"}}
	if c := Voters(3, 0, members, candidates); c != nil {
		t.Errorf("%+v", c)
	}
	candidates[1].Alive = true
	if c := Voters(3, 0, members, candidates); c == nil || c.Member.ID != "c" || !c.Remove {
		t.Errorf("%+v, when it is heard of again", c)
	}
}
