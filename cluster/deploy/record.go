package deploy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// recordFile says in the vault which hosts were deployed to, and how they are reached: those that leave the cluster.yaml are
// there still.
const recordFile = "deployed.json"

// record reads it; there is none before the first time.
func (v *Vault) record() (hosts []*Host, err error) {
	text, err := os.ReadFile(v.path(recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err == nil {
		err = json.Unmarshal(text, &hosts)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", v.path(recordFile), err)
	}
	return hosts, nil
}

// note writes that hosts are deployed to, and that others are no longer.
func (v *Vault) note(there, gone []*Host) error {
	hosts, err := v.record()
	if err != nil {
		return err
	}
	before, err := json.Marshal(hosts)
	if err != nil {
		return err
	}
	named := func(list []*Host, name string) bool {
		return slices.ContainsFunc(list, func(h *Host) bool { return h.Name == name })
	}
	hosts = slices.DeleteFunc(hosts, func(h *Host) bool { return named(gone, h.Name) || named(there, h.Name) })
	hosts = append(hosts, there...)
	slices.SortFunc(hosts, func(a, b *Host) int { return strings.Compare(a.Name, b.Name) })
	text, err := json.Marshal(hosts)
	if err != nil || string(text) == string(before) {
		return err
	}
	if text, err = json.MarshalIndent(hosts, "", "  "); err != nil {
		return err
	}
	path := v.path(recordFile)
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// left are the hosts that were deployed to and are not in the file any more.
func (v *Vault) left() ([]*Host, error) {
	hosts, err := v.record()
	return slices.DeleteFunc(hosts, func(h *Host) bool {
		return slices.ContainsFunc(v.file.Hosts, func(in *Host) bool { return in.Name == h.Name })
	}), err
}
