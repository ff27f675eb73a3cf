package agent

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gstorm/gstorm/cluster/gossip"
	"github.com/gstorm/gstorm/internal/replacefile"
)

// belonging is which cluster a data folder is of, as its file cluster.json says. Two clusters may have the same name: the id
// is drawn by the first leader, and whoever joins keeps it.
type belonging struct {
	path string

	mu sync.Mutex // guards all below
	is belongs
}

type belongs struct {
	Name string `json:"name"`
	ID   string `json:"id"` // "": of none yet
}

// openBelonging reads what the folder says. It must be of the cluster with that name, or of none.
func openBelonging(data, name string) (*belonging, error) {
	b := &belonging{path: filepath.Join(data, "cluster.json")}
	text, err := os.ReadFile(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		b.is.Name = name
		return b, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &b.is)
	}
	if err != nil {
		return nil, fmt.Errorf("which cluster the data folder is of can't be read: %s: %w", b.path, err)
	}
	if b.is.Name != name {
		return nil, fmt.Errorf("the data folder %s is of the cluster %q, and the agent is to be of %q: give it another folder (setting data), or say cluster: %[2]s",
			data, b.is.Name, name)
	}
	return b, nil
}

// id is the cluster's id; "": it is of none yet.
func (b *belonging) id() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.is.ID
}

// settle makes it that of a cluster for good.
func (b *belonging) settle(id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	is := belongs{b.is.Name, id}
	text, err := json.Marshal(is)
	if err == nil {
		err = replacefile.Write(b.path, text)
	}
	if err == nil {
		b.is = is
	}
	return err
}

// belong has an agent without a cluster take up that of the others, or, where it is the first leader, draw its id.
func (a *Agent) belong() {
	if a.belonging.id() != "" {
		return
	}
	id := ""
	members, _ := a.gossip.Members()
	for _, m := range members {
		if m.Status == gossip.Alive && m.Meta.Cluster != "" {
			id = m.Meta.Cluster
		}
	}
	if id == "" && a.consensus.Leader().ID == a.id {
		id = strings.ToLower(rand.Text()[:8])
	}
	if id == "" {
		return
	}
	if err := a.belonging.settle(id); err != nil {
		if a.said.May("belong") {
			a.log.Error("which cluster the data folder is of can't be written down", "error", err)
		}
		return
	}
	a.log.Debug("the agent is of a cluster", slog.String("id", id))
}
