package measure

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Text are the sentences that spouts emit in turn.
type Text []string

// ReadText reads the sentences out of the folder of the components.
func ReadText(components string) (Text, error) {
	content, err := os.ReadFile(filepath.Join(components, "sentences.txt"))
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSpace(string(content)), "\n"), nil
}

// Counts says how often each word occurs in what spouts have emitted, each from the first sentence on; emitted is how many
// sentences each of them did.
func (t Text) Counts(emitted ...uint64) map[string]uint64 {
	counts := map[string]uint64{}
	for _, n := range emitted {
		rounds, rest := n/uint64(len(t)), n%uint64(len(t))
		for i, sentence := range t {
			times := rounds
			if uint64(i) < rest {
				times++
			}
			if times == 0 {
				continue
			}
			for _, word := range strings.Fields(sentence) {
				counts[word] += times
			}
		}
	}
	return counts
}

// Check compares what was counted with what had to be. The error names the first word that is wrong.
func Check(want, got map[string]uint64) error {
	for word, n := range want {
		if got[word] != n {
			return fmt.Errorf("%q was counted %d times, it was emitted %d times", word, got[word], n)
		}
	}
	for word, n := range got {
		if want[word] == 0 {
			return fmt.Errorf("%q was counted %d times, it was never emitted", word, n)
		}
	}
	return nil
}

// Sum is how many words there are.
func Sum(counts map[string]uint64) (sum uint64) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// WordsPerSentence is how many there are on average.
func (t Text) WordsPerSentence() float64 {
	return float64(Sum(t.Counts(uint64(len(t))))) / float64(len(t))
}
