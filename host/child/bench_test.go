package child

import (
	"testing"

	"github.com/gstorm/gstorm/multilang"
)

// BenchmarkStart is what a child costs beyond what its interpreter needs to start: sh is about the least.
func BenchmarkStart(b *testing.B) {
	l, err := NewLauncher(LauncherOptions{TempDir: b.TempDir(), Guard: guardArgv(b)})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for b.Loop() {
		p, err := l.Start(b.Context(), shell(`ready; exec sleep 600`))
		if err != nil {
			b.Fatal(err)
		}
		p.Kill("enough")
		for m := new(multilang.Message); p.Recv(m) == nil; {
		}
	}
}

// BenchmarkNewLauncher shows that the guard, which starts with it, does not hold up the first child.
func BenchmarkNewLauncher(b *testing.B) {
	guard, dir := guardArgv(b), b.TempDir()
	for b.Loop() {
		l, err := NewLauncher(LauncherOptions{TempDir: dir, Guard: guard})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
