package adapters

import (
	"context"
	"fmt"

	"github.com/gstorm/gstorm"
)

// OpenBuilt opens the files that components of a topology are of which a program has built by itself, as Open does for one
// that is of a file. r says all but the file; whoever gets the Session has to close it.
func OpenBuilt(ctx context.Context, t *gstorm.Topology, r Request, all []Adapter) (Session, error) {
	return openParts(ctx, built{t}, r, all)
}

// built is a topology of no file.
type built struct{ topology *gstorm.Topology }

func (b built) Topology() *gstorm.Topology { return b.topology }

func (b built) Launch(c *gstorm.Component) (Launch, error) {
	return Launch{}, fmt.Errorf("%s %q is of no file", c.Kind, c.ID)
}

func (built) Drive(context.Context, Control) error { return nil }

func (built) Close() error { return nil }
