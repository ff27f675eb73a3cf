package deploy

import (
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
)

// machines are the architectures that hosts can have: as uname -m calls them, as Go does, and as a program for it says.
var machines = map[string]struct {
	arch string
	elf  elf.Machine
}{
	"x86_64": {"amd64", elf.EM_X86_64}, "amd64": {"amd64", elf.EM_X86_64},
	"aarch64": {"arm64", elf.EM_AARCH64}, "arm64": {"arm64", elf.EM_AARCH64},
	"riscv64": {"riscv64", elf.EM_RISCV}, "ppc64le": {"ppc64le", elf.EM_PPC64}, "s390x": {"s390x", elf.EM_S390},
	"loongarch64": {"loong64", elf.EM_LOONGARCH},
}

// architectures are Go's names of them, some twice.
func architectures() iter.Seq[string] {
	return func(yield func(string) bool) {
		seen := map[string]bool{}
		for m := range maps.Values(machines) {
			if seen[m.arch] {
				continue
			}
			seen[m.arch] = true
			if !yield(m.arch) {
				return
			}
		}
	}
}

// Binary is a file of gstorm.
type Binary struct {
	Path string
	Arch string // as Go calls it
	Sum  string // SHA-256
}

// ReadBinary looks at a file of gstorm.
func ReadBinary(path string) (*Binary, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	program, err := elf.NewFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s is no program for Linux: build one with CGO_ENABLED=0 GOOS=linux GOARCH=amd64 go build ./cmd/gstorm, say, and name it by binary: PATH", path)
	}
	b := &Binary{Path: path}
	for _, m := range machines {
		if m.elf == program.Machine {
			b.Arch = m.arch
		}
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return nil, err
	}
	b.Sum = hex.EncodeToString(sum.Sum(nil))
	return b, nil
}

// Binaries finds the file of gstorm for a host's machine.
type Binaries struct {
	files map[string]*Binary // by architecture
	given bool
	file  string // the cluster.yaml
}

// ReadBinaries looks at the files that a cluster.yaml names, or at self, the gstorm that runs, if it names none.
func (f *File) ReadBinaries(self string) (*Binaries, error) {
	b := &Binaries{files: map[string]*Binary{}, given: len(f.Binaries) > 0, file: f.Path}
	paths := f.Binaries
	if !b.given {
		paths = map[string]string{"": self}
	}
	for arch, path := range paths {
		found, err := ReadBinary(path)
		if err != nil {
			return nil, fmt.Errorf("binary: %w", err)
		}
		if arch != "" && arch != found.Arch {
			return nil, fmt.Errorf("binary: %s is for %s, not for %s", path, found.Arch, arch)
		}
		b.files[found.Arch] = found
	}
	return b, nil
}

// For is the file for what uname says of a machine.
func (b *Binaries) For(os, machine string) (*Binary, error) {
	m := machines[machine]
	switch found := b.files[m.arch]; {
	case os != "Linux":
		return nil, fmt.Errorf("it runs %s: agents are deployed to Linux", os)
	case m.arch == "":
		return nil, fmt.Errorf("there is no gstorm for its processor, %s", machine)
	case found != nil:
		return found, nil
	}
	return nil, fmt.Errorf("its processor is %s, and there is no gstorm for that: build one with CGO_ENABLED=0 GOOS=linux GOARCH=%[1]s go build -o gstorm-%[1]s ./cmd/gstorm, "+
		"and say binary: {%[1]s: gstorm-%[1]s} in %s", m.arch, b.file)
}
