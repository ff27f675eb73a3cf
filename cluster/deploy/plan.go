package deploy

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/gstorm/gstorm/cluster/settings"
)

// unitPath is the unit of the agent under systemd.
const unitPath = "/etc/systemd/system/gstorm-agent.service"

//go:embed templates/gstorm-agent.service
var unitText string

var unitTemplate = template.Must(template.New("unit").Parse(unitText))

// Wanted is what there is to be on a host.
type Wanted struct {
	Cluster string
	Binary  Item
	Files   []Item // in the config folder, and the unit
	Stamp   string // of what an agent has to be started again for
	Place   Place
}

// Place is how a host runs its agent.
type Place struct {
	Systemd bool
	Root    bool   // what is done there is done as root
	RunAs   string // the agent's user
}

// Item is a file that there is to be.
type Item struct {
	Path    string
	Content []byte // nil for the binary, which is read when it is sent
	Sum     string
	Mode    fs.FileMode
}

func item(path string, content []byte, mode fs.FileMode) Item {
	sum := sha256.Sum256(content)
	return Item{Path: path, Content: content, Sum: hex.EncodeToString(sum[:]), Mode: mode}
}

// Place is how a host can run the agent, or why it can't.
func (h *Host) Place(l Login) (p Place, err error) {
	p = Place{Systemd: h.Service == Systemd || h.Service == Auto && l.Systemd, Root: l.Root || l.Sudo, RunAs: h.RunAs}
	switch {
	case !l.Sum:
		return p, errors.New("it has no sha256sum, by which files that were sent are checked: install coreutils there")
	case h.Service == Systemd && !l.Systemd:
		return p, errors.New("it has no systemd: say service: none, for the agent to be started without")
	case p.Systemd && !p.Root:
		return p, fmt.Errorf("%s is not root there, nor by sudo without a password, as systemd needs it: log in as root (ssh: {user: root}), allow sudo, or say service: none with paths that %[1]s may write", l.User)
	case !p.Root && h.RunAs != "" && h.RunAs != l.User:
		return p, fmt.Errorf("%s is not root there, nor by sudo without a password, so the agent can't run as %s: leave out run-as", l.User, h.RunAs)
	case p.RunAs == "" && p.Root:
		p.RunAs = DefaultUser
	case p.RunAs == "":
		p.RunAs = l.User
	}
	if p.Systemd {
		for _, hidden := range []string{"/home/", "/root/", "/etc/", "/usr/", "/boot/"} {
			if strings.HasPrefix(h.Paths.Data, hidden) {
				return p, fmt.Errorf("paths: {data: %s} lies in %s, where the unit for systemd lets nobody write: say another one, such as /var/lib/gstorm", h.Paths.Data, strings.TrimSuffix(hidden, "/"))
			}
		}
	}
	return p, nil
}

// Want is what there is to be on a host, which runs the agent so, with files of the vault.
func (f *File) Want(h *Host, p Place, b *Binary, vault map[string][]byte) (*Wanted, error) {
	w := &Wanted{Cluster: f.Name, Place: p, Binary: Item{Path: h.Paths.Binary, Sum: b.Sum, Mode: 0o755}}
	mode := fs.FileMode(0o640) // of root, for the agent to read
	if !p.Root {
		mode = 0o600
	}
	for _, name := range slices.Sorted(maps.Keys(vault)) {
		w.Files = append(w.Files, item(h.Paths.Config+"/"+name, vault[name], mode))
	}
	w.Files = append(w.Files, item(h.Paths.Config+"/"+agentFile, []byte(f.agentYAML(h)), mode))
	stamp := sha256.New()
	_, _ = fmt.Fprintln(stamp, b.Sum, p.Systemd, p.RunAs, string(vault[gossipFile]))
	lasting := f.values(h)
	for _, name := range beginning {
		delete(lasting, name)
	}
	_, _ = fmt.Fprintln(stamp, settings.Write(lasting))
	if p.Systemd {
		unit, err := unit(h.Paths, p.RunAs)
		if err != nil {
			return nil, err
		}
		w.Files = append(w.Files, item(unitPath, unit, 0o644))
		_, _ = stamp.Write(unit)
	}
	w.Stamp = hex.EncodeToString(stamp.Sum(nil))
	return w, nil
}

// unit is the unit of an agent.
func unit(paths Paths, user string) ([]byte, error) {
	state, own := strings.CutPrefix(paths.Data, "/var/lib/")
	if !own {
		state = ""
	}
	var b strings.Builder
	err := unitTemplate.Execute(&b, map[string]string{"Binary": paths.Binary, "Config": paths.Config + "/" + agentFile, "Data": paths.Data, "State": state, "User": user})
	return []byte(b.String()), err
}

// Steps are what has to be done on a host.
type Steps struct {
	Prepare bool   // the user, the folders
	Put     []Item // the binary first
	Start   bool   // the agent is to be started
	Restart bool   // it runs, and is to be started again
}

// None reports whether all is as it is to be.
func (s *Steps) None() bool { return !s.Prepare && len(s.Put) == 0 && !s.Start && !s.Restart }

// What says the steps in words.
func (s *Steps) What(h *Host) string {
	var words []string
	files := 0
	for _, i := range s.Put {
		switch {
		case i.Path == h.Paths.Binary:
			words = append(words, "binary")
		case i.Path == unitPath:
			words = append(words, "unit")
		case strings.HasSuffix(i.Path, "/"+agentFile):
			words = append(words, "settings")
		default:
			files++
		}
	}
	if files > 0 {
		words = append(words, "keys")
	}
	switch {
	case s.Start:
		words = append(words, "start")
	case s.Restart:
		words = append(words, "restart")
	}
	if s.None() {
		return "nothing to do"
	}
	if len(words) == 0 {
		return "folders"
	}
	return strings.Join(words, ", ")
}

// foreign is an error if what is on the host was deployed for another cluster.
func (f *Facts) foreign(h *Host, cluster string) error {
	if f.Cluster == "" || f.Cluster == cluster {
		return nil
	}
	return fmt.Errorf("there is an agent of the cluster %s in %s already: take it away there (gstorm deploy down --purge with its own file), or say other paths", f.Cluster, h.Paths.Config)
}

// Plan is what has to be done on a host where the facts are such, for it to be as is wanted.
func Plan(h *Host, f *Facts, w *Wanted) (Steps, error) {
	var s Steps
	if err := f.foreign(h, w.Cluster); err != nil {
		return s, err
	}
	s.Prepare = !f.There["user"] || !f.There["config"] || !f.There["data"]
	for _, i := range append([]Item{w.Binary}, w.Files...) {
		if f.Sums[i.Path] != i.Sum {
			s.Put = append(s.Put, i)
		}
	}
	switch {
	case !f.Running || !f.Enabled && w.Place.Systemd:
		s.Start = true
	case f.Started != w.Stamp:
		s.Restart = true
	}
	return s, nil
}
