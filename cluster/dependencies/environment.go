package dependencies

import (
	"path/filepath"
	"slices"
)

// Environment is what the processes of a topology need in their environment, besides the agent's, so that they use what has
// been installed for them and not what the agent itself runs with; in the form of os.Environ. folder and file are those of
// Find, whose errors it has. Where there are lock files of a language both in the root and beside the topology's file, the
// latter count, as they do without a cluster.
func Environment(folder, file string) ([]string, error) {
	steps, err := Find(folder, file)
	if err != nil {
		return nil, err
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return nil, err
	}
	var env, seen []string
	for _, step := range slices.Backward(steps) {
		if k := step.kind; k.environment != nil && !slices.Contains(seen, k.installs) {
			seen = append(seen, k.installs)
			env = append(env, k.environment(filepath.Join(folder, filepath.FromSlash(step.folder)))...)
		}
	}
	return env, nil
}
