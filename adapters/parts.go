package adapters

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gstorm/gstorm"
)

// Open opens the file of r with the one of all adapters that knows its ending, and every other file that components of
// its topology come from, in whatever language, with theirs. What such a component emits, and how its tasks are started,
// its own file says. The error is a gstorm.Problems where it is the user's to mend; whoever gets a Session has to close it.
func Open(ctx context.Context, r Request, all []Adapter) (Session, error) {
	a, err := ForFile(r.File, all)
	if err != nil {
		return nil, err
	}
	s, err := a.Open(ctx, r)
	if err != nil {
		return nil, err
	}
	return openParts(ctx, s, r, all)
}

// openParts opens what a session's topology has of other files. The session is closed where that fails.
func openParts(ctx context.Context, s Session, r Request, all []Adapter) (Session, error) {
	parts := foreignParts(s.Topology(), r.File)
	if len(parts) == 0 {
		return s, nil
	}
	m := &mixed{Session: s, parts: parts}
	if err := m.open(ctx, r, all); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// mixed is a file whose topology has components of other files.
type mixed struct {
	Session
	parts []*part // by file
}

// part is another file, and which components of the topology are of it.
type part struct {
	file       string
	components []*gstorm.Component
	session    Session
}

// foreignParts are the other files of a topology, in the order in which it names them. file is the topology's own.
func foreignParts(t *gstorm.Topology, file string) []*part {
	var parts []*part
	for i := range t.Components {
		c := &t.Components[i]
		if c.Implementation.Type != gstorm.FileImplementation || c.Implementation.File == "" {
			continue
		}
		name := beside(file, c.Implementation.File)
		at := slices.IndexFunc(parts, func(p *part) bool { return p.file == name })
		if at < 0 {
			at, parts = len(parts), append(parts, &part{file: name})
		}
		parts[at].components = append(parts[at].components, c)
	}
	return parts
}

// beside is the path of a file that another one names: from that one's folder, else from the working directory.
func beside(file, named string) string {
	if filepath.IsAbs(named) {
		return named
	}
	near := filepath.Join(filepath.Dir(file), named)
	if _, err := os.Stat(near); err != nil {
		if _, err := os.Stat(named); err == nil {
			return named
		}
	}
	return near
}

// open opens the parts, all at once, and fills the topology in with what they say. Nothing of the topology's own file is
// lost where a part is missing: all that is wrong with the parts is one gstorm.Problems.
func (m *mixed) open(ctx context.Context, r Request, all []Adapter) error {
	errs := make([]error, len(m.parts))
	var opening sync.WaitGroup
	for i, p := range m.parts {
		opening.Go(func() { errs[i] = p.open(ctx, r, all) })
	}
	opening.Wait()
	var problems gstorm.Problems
	for i, p := range m.parts {
		var found gstorm.Problems
		switch {
		case errs[i] == nil:
			problems = append(problems, p.settle()...)
		case errors.As(errs[i], &found):
			problems = append(problems, p.explained(found)...)
		default:
			return errs[i]
		}
	}
	if len(problems.Errors()) > 0 {
		return problems
	}
	return nil
}

func (p *part) open(ctx context.Context, r Request, all []Adapter) error {
	a, err := ForFile(p.file, all)
	if err != nil {
		return err
	}
	r.File, r.Class, r.Components = p.file, "", nil
	for _, c := range p.components {
		if !slices.Contains(r.Components, c.Implementation.Component) {
			r.Components = append(r.Components, c.Implementation.Component)
		}
	}
	p.session, err = a.Open(ctx, r)
	return err
}

// explained adds to the problems of a part who needs it.
func (p *part) explained(found gstorm.Problems) gstorm.Problems {
	c := p.components[0]
	return append(slices.Clone(found), gstorm.Problem{
		Severity: gstorm.Error, At: c.At,
		Message: fmt.Sprintf("%s %q can't be had from %s", c.Kind, c.ID, p.file),
	})
}

// settle gives the topology's components what the part says of them.
func (p *part) settle() gstorm.Problems {
	problems := slices.Clone(p.session.Topology().Problems)
	for _, c := range p.components {
		if message := p.settleOne(c); message != "" {
			problems = append(problems, gstorm.Problem{Severity: gstorm.Error, Message: fmt.Sprintf("%s %q: %s", c.Kind, c.ID, message), At: c.At})
		}
	}
	return problems
}

// settleOne returns what is wrong with the one component, or "".
func (p *part) settleOne(c *gstorm.Component) string {
	name := c.Implementation.Component
	theirs := p.session.Topology().Component(name)
	switch {
	case theirs == nil:
		return fmt.Sprintf("%s has no component %s", p.file, name)
	case theirs.Kind != c.Kind:
		return fmt.Sprintf("%s of %s is a %s, it is declared as a %s", name, p.file, theirs.Kind, c.Kind)
	case theirs.Implementation.File != "":
		return fmt.Sprintf("%s of %s is itself of another file; name %s:%s", name, p.file, theirs.Implementation.File, theirs.Implementation.Component)
	}
	if len(c.Outputs) == 0 {
		c.Outputs = theirs.Outputs
	}
	c.Class = theirs.Class
	c.Config = theirs.Config.Merge(c.Config)
	if theirs.Implementation.Type != gstorm.FileImplementation {
		c.Implementation = theirs.Implementation // a command, or one of gstorm's own, whose id in the other file it is
	}
	return ""
}

// Launch asks the file that the component is of.
func (m *mixed) Launch(c *gstorm.Component) (Launch, error) {
	session, c := m.of(c)
	return session.Launch(c)
}

// LaunchDebugged asks the file that the component is of.
func (m *mixed) LaunchDebugged(ctx context.Context, c *gstorm.Component, port int) (Launch, string, error) {
	session, c := m.of(c)
	d, ok := session.(Debugged)
	if !ok {
		return Launch{}, "", errors.New("its language has no debugger here")
	}
	return d.LaunchDebugged(ctx, c, port)
}

// of is the file that has a component, and the component as that file knows it.
func (m *mixed) of(c *gstorm.Component) (Session, *gstorm.Component) {
	for _, p := range m.parts {
		for _, of := range p.components {
			if of.ID == c.ID && c.Implementation.File != "" {
				theirs := *p.session.Topology().Component(c.Implementation.Component)
				theirs.Config = m.Topology().Config.Merge(c.Config) // it runs here
				return p.session, &theirs
			}
		}
	}
	return m.Session, c
}

// Close closes all files.
func (m *mixed) Close() error {
	errs := []error{m.Session.Close()}
	for _, p := range m.parts {
		if p.session != nil {
			errs = append(errs, p.session.Close())
		}
	}
	return errors.Join(errs...)
}
