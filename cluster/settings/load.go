package settings

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
)

// Sources are where settings come from.
type Sources struct {
	Flags  map[string][]string          // the values of the flags that were given, by name
	Getenv func(name string) string     // "": not there
	Read   func(string) ([]byte, error) // reads the config file; nil: os.ReadFile
	// What the machine says of itself, for what nobody has said.
	Hostname   string
	Processors int
}

// least is how many slots an agent has at least if nothing was said: as many as a supervisor of Storm. Slots do not share
// out processors; with fewer, a small machine could not hold a few small topologies.
const least = 4

// Load gathers the settings of an agent, fills in what was not said, and checks them. The error is an *InvalidError with all
// that is wrong, or one of reading the config file.
func Load(from Sources) (*Settings, error) {
	s := &Settings{from: map[string]string{}}
	file, wrong, err := s.readFile(from)
	if err != nil {
		return nil, err
	}
	for i := range table {
		wrong = append(wrong, s.gather(&table[i], from, file)...)
	}
	if wrong != nil {
		return nil, wrong.err()
	}
	s.complete(from, &wrong)
	if wrong == nil {
		s.check(&wrong)
	}
	if wrong != nil {
		return nil, wrong.err()
	}
	return s, nil
}

// readFile reads the config file, if there is to be one. What it holds is returned by key.
func (s *Settings) readFile(from Sources) (map[string]entry, problems, error) {
	wrong := s.gather(find(config), from, nil)
	if wrong != nil || s.Config == "" {
		return nil, nil, nil // gathered, and complained about, with all others
	}
	read := from.Read
	if read == nil {
		read = os.ReadFile
	}
	text, err := read(s.Config)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", said(config), err)
	}
	entries, wrong := parse(s.Config, string(text))
	file := map[string]entry{}
	for _, e := range entries {
		if find(e.key) == nil || e.key == config {
			message := fmt.Sprintf("%s: there is no setting %q", e.at, e.key)
			if near := gstorm.Nearest(e.key, keys()); near != "" {
				message += fmt.Sprintf(", did you mean %s?", near)
			}
			wrong = append(wrong, message)
			continue
		}
		file[e.key] = e
	}
	return file, wrong, nil
}

// keys are all that a config file can hold.
func keys() []string {
	var names []string
	for _, s := range table {
		if s.Name != config {
			names = append(names, s.Name)
		}
	}
	return names
}

// gather takes a setting from the first place that says it.
func (s *Settings) gather(of *Setting, from Sources, file map[string]entry) (wrong problems) {
	values, at := []string{of.Default}, ""
	if given := from.Flags[of.Name]; !empty(given) {
		values, at = given, of.Flag()
	} else if given := from.Getenv(of.Variable()); given != "" {
		values, at = []string{given}, of.Variable()
	} else if given := file[of.Name]; !empty(given.values) {
		values, at = given.values, given.at
	}
	if at != "" {
		s.from[of.Name] = at
	}
	if empty(values) {
		return nil
	}
	if err := set(of.at(s), values); err != nil {
		wrong.addf("%s: %v", s.told(of.Name), err)
	}
	return wrong
}

func empty(values []string) bool {
	return !slices.ContainsFunc(values, func(v string) bool { return strings.TrimSpace(v) != "" })
}

// set parses values to where they belong.
func set(to any, values []string) error {
	if list, ok := to.(*[]string); ok {
		*list = items(values)
		return nil
	}
	if len(values) != 1 {
		return fmt.Errorf("there are %d values, one is expected", len(values))
	}
	text := strings.TrimSpace(values[0])
	var err error
	switch to := to.(type) {
	case *string:
		*to = text
	case *bool:
		if *to, err = strconv.ParseBool(text); err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
	case *int:
		if *to, err = strconv.Atoi(text); err != nil {
			return fmt.Errorf("%q is no whole number", text)
		}
	case *time.Duration:
		if *to, err = time.ParseDuration(text); err != nil {
			return fmt.Errorf("%q is no time such as 72h or 30m", text)
		}
	case *float64:
		if *to, err = strconv.ParseFloat(text, 64); err != nil || math.IsNaN(*to) || math.IsInf(*to, 0) {
			return fmt.Errorf("%q is no number", text)
		}
	}
	return nil
}

// items are what values list, each once.
func items(values []string) []string {
	var list []string
	for _, v := range values {
		for item := range strings.SplitSeq(v, ",") {
			if item = strings.TrimSpace(item); item != "" && !slices.Contains(list, item) {
				list = append(list, item)
			}
		}
	}
	return list
}
