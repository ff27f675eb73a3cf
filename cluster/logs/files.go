package logs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gstorm/gstorm/cluster/fsm"
)

// folderOf is where a topology's logs are.
func folderOf(folder, topology string) (string, error) {
	if err := fsm.CheckID(topology); err != nil {
		return "", err
	}
	return filepath.Join(folder, topology), nil
}

// current is the name of the file that a worker writes to.
func current(worker int) string { return fmt.Sprintf("worker-%d.log", worker) }

// next is the name of a file that a worker is about to write to.
func next(worker int) string { return fmt.Sprintf(".worker-%d.next", worker) }

// fullName is the name of a file that a worker has written, by its number.
func fullName(worker, number int) string { return fmt.Sprintf("worker-%d.%d.log", worker, number) }

// list finds the workers that have files in a folder, with the numbers of those that are full, oldest first. That the
// folder is not there is no error.
func list(folder string) (map[int][]int, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	workers := map[int][]int{}
	for _, entry := range entries {
		worker, number, ok := numbersOf(entry.Name())
		if !ok {
			continue
		}
		numbers := workers[worker]
		if number > 0 {
			numbers = append(numbers, number)
		}
		workers[worker] = numbers
	}
	for _, numbers := range workers {
		slices.Sort(numbers)
	}
	return workers, nil
}

// numbersOf takes a file's name apart; number is 0 for the file that is being written.
func numbersOf(name string) (worker, number int, ok bool) {
	middle, _ := strings.CutPrefix(name, "worker-")
	middle, _ = strings.CutSuffix(middle, ".log")
	first, second, isFull := strings.Cut(middle, ".")
	worker, _ = strconv.Atoi(first) // what is none does not give the same name again
	if !isFull {
		return worker, 0, worker > 0 && name == current(worker)
	}
	number, _ = strconv.Atoi(second)
	return worker, number, worker > 0 && number > 0 && name == fullName(worker, number)
}
