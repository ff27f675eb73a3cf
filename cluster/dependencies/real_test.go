package dependencies_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/adapters/javascript"
	"github.com/gstorm/gstorm/adapters/python"
	"github.com/gstorm/gstorm/adapters/ruby"
	"github.com/gstorm/gstorm/cluster/blob"
	"github.com/gstorm/gstorm/cluster/dependencies"
)

// These tests have real tools install packages that are made here, so they need no network.

// files are some, by their names.
type files map[string]string

func (f files) write(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for name, content := range f {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// submitted brings a folder to a node.
func submitted(t *testing.T, folder, file string) dependencies.Bundle {
	t.Helper()
	var bundle bytes.Buffer
	summary, err := blob.Pack(folder, &bundle)
	if err != nil || len(summary.Warnings) > 0 {
		t.Fatal(err, summary.Warnings)
	}
	store, err := blob.OpenStore(t.TempDir(), blob.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	h, err := store.Put(&bundle, "")
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := store.Unpacked(h)
	if err != nil {
		t.Fatal(err)
	}
	return dependencies.Bundle{Folder: unpacked, File: file, Notes: store.Notes(h)}
}

// name is that of the topology of a bundle once what the bundle asks for is installed. The process starts elsewhere.
func name(t *testing.T, b dependencies.Bundle, adapter adapters.Adapter) string {
	t.Helper()
	if err := new(dependencies.Installer).Install(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	env, err := dependencies.Environment(b.Folder, b.File)
	if err != nil {
		t.Fatal(err)
	}
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	session, err := adapter.Open(t.Context(), adapters.Request{File: filepath.Join(b.Folder, b.File)})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if warnings := session.Topology().Problems; len(warnings) > 0 {
		t.Error(warnings)
	}
	return session.Topology().Name
}

// needs skips the test where a command fails.
func needs(t *testing.T, what string, command ...string) {
	t.Helper()
	if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
		t.Skipf("%s is not here: %v %s", what, err, out)
	}
}

func needsBundler(t *testing.T) {
	t.Helper()
	needs(t, "Bundler", "ruby", "-e", `Gem.bin_path("bundler", "bundle")`)
}

// gem is one whose constant has the name of a topology.
func gem(t *testing.T) string {
	t.Helper()
	folder := files{
		"tinygem.gemspec": `Gem::Specification.new { |s| s.name = "tinygem"; s.version = "1.0"; s.summary = s.author = "x"; s.files = ["lib/tinygem.rb"] }`,
		"lib/tinygem.rb":  `TINYGEM = "from-a-gem"`,
	}.write(t)
	build := exec.Command("ruby", "-rrubygems/package", "-e", `Gem::Package.build(Gem::Specification.load("tinygem.gemspec"), true)`)
	build.Dir = folder
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	content, err := os.ReadFile(filepath.Join(folder, "tinygem-1.0.gem"))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

const (
	gemLock = "GEM\n  remote: https://gems.example/\n  specs:\n    tinygem (1.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  tinygem\n"
	gemFile = "source 'https://gems.example'\ngem 'tinygem'\n"

	rubyTopology = "require 'gstorm'\nrequire 'tinygem'\n" +
		"class S < Gstorm::Spout; output_fields :a; on_send { }; end\n" +
		"class T < Gstorm::Topology\n  spout S\n  configure(TINYGEM) { }\nend\n"
)

func TestGems(t *testing.T) {
	needsBundler(t)
	for place, names := range map[string][3]string{
		"beside the file": {"t/Gemfile", "t/Gemfile.lock", "t/vendor/cache/tinygem-1.0.gem"},
		"in the root":     {"Gemfile", "Gemfile.lock", "vendor/cache/tinygem-1.0.gem"},
	} {
		t.Run(place, func(t *testing.T) {
			t.Setenv("BUNDLE_APP_CONFIG", t.TempDir()) // as in Docker's image of Ruby
			folder := files{"t/app.rb": rubyTopology, names[0]: gemFile, names[1]: gemLock, names[2]: gem(t)}.write(t)
			if got := name(t, submitted(t, folder, "t/app.rb"), ruby.Adapter{}); got != "from-a-gem" {
				t.Errorf("got %s", got)
			}
		})
	}
}

// TestGemsThatComeWithTheBundle: without a lock file nothing is installed, and what is in vendor/bundle is used.
func TestGemsThatComeWithTheBundle(t *testing.T) {
	needsBundler(t)
	folder := files{"app.rb": rubyTopology, "Gemfile": gemFile, "Gemfile.lock": gemLock, "vendor/cache/tinygem-1.0.gem": gem(t)}.write(t)
	if err := new(dependencies.Installer).Install(t.Context(), dependencies.Bundle{Folder: folder, File: "app.rb", Notes: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Gemfile", "Gemfile.lock", "vendor/cache", ".bundle"} {
		if err := os.RemoveAll(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	if got := name(t, submitted(t, folder, "app.rb"), ruby.Adapter{}); got != "from-a-gem" {
		t.Errorf("got %s", got)
	}
}

func TestGemsForAnotherRuby(t *testing.T) {
	needsBundler(t)
	b := submitted(t, files{"app.rb": "", "Gemfile": gemFile + "ruby '9.9'\n", "Gemfile.lock": gemLock + "\nRUBY VERSION\n   ruby 9.9.0p0\n"}.write(t), "app.rb")
	err := new(dependencies.Installer).Install(t.Context(), b)
	if err == nil || !strings.HasPrefix(err.Error(), "Gemfile.lock: error: bundle install failed: exit status ") ||
		!strings.Contains(err.Error(), "but your Gemfile specified 9.9") {
		t.Error(err)
	}
}

// TestPythonPackages has a streamparse project, whose topologies are in a folder of their own.
func TestPythonPackages(t *testing.T) {
	needs(t, "Python with venv", "python3", "-c", "import ensurepip, venv")
	var wheel bytes.Buffer
	w := zip.NewWriter(&wheel)
	const about = "tinywheel-1.0.dist-info/"
	for name, content := range (files{
		"tinywheel.py":     "NAME = 'from-a-wheel'\n",
		about + "METADATA": "Metadata-Version: 2.1\nName: tinywheel\nVersion: 1.0\n",
		about + "WHEEL":    "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
		about + "RECORD":   "",
	}) {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	folder := files{
		"config.json":                           `{"envs": {"prod": {}}}`,
		"src/bolts.py":                          "",
		"requirements.txt":                      "--no-index\n--find-links wheels\ntinywheel==1.0\n",
		"wheels/tinywheel-1.0-py3-none-any.whl": wheel.String(),
		"topologies/app.py": "import tinywheel\nfrom gostorm import Spout, Topology\n\n" +
			"class S(Spout):\n    outputs = ['a']\n    def next_tuple(self): pass\n\nclass T(Topology):\n    name = tinywheel.NAME\n    s = S.spec()\n",
	}.write(t)
	t.Setenv("VIRTUAL_ENV", t.TempDir()) // the agent's
	if got := name(t, submitted(t, folder, "topologies/app.py"), python.Adapter{}); got != "from-a-wheel" {
		t.Errorf("got %s", got)
	}
}

// npmPackage is one that exports the name of a topology.
func npmPackage(t *testing.T) string {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	w := tar.NewWriter(z)
	for name, content := range (files{
		"package/package.json": `{"name": "tiny", "version": "1.0.0", "main": "index.js"}`, "package/index.js": "exports.NAME = 'from-npm'\n",
	}) {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(content)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

const (
	packageFile = `{"name": "app", "private": true, "dependencies": {"tiny": "file:tiny-1.0.0.tgz"}}`
	packageLock = `{"name": "app", "lockfileVersion": 3, "requires": true, "packages": {
		"": {"name": "app", "dependencies": {"tiny": "file:tiny-1.0.0.tgz"}},
		"node_modules/tiny": {"version": "1.0.0", "resolved": "file:tiny-1.0.0.tgz"}}}`

	javascriptTopology = "const { spout, topology } = require('gstorm');\nconst { NAME } = require('tiny');\n" +
		"module.exports = topology(NAME, (t) => { t.spout('s', spout({ outputs: ['a'], next() {} })); });\n"
)

func TestNpmPackages(t *testing.T) {
	needs(t, "npm", "npm", "--version")
	for place, in := range map[string]string{"beside the file": "t/", "in the root": ""} {
		t.Run(place, func(t *testing.T) {
			folder := files{
				"t/app.cjs": javascriptTopology, in + "package.json": packageFile, in + "package-lock.json": packageLock, in + "tiny-1.0.0.tgz": npmPackage(t),
			}.write(t)
			if got := name(t, submitted(t, folder, "t/app.cjs"), javascript.Adapter{}); got != "from-npm" {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestNpmPackagesThatComeWithTheBundle(t *testing.T) {
	needs(t, "Node.js", "node", "--version")
	folder := files{
		"app.cjs": javascriptTopology, "package.json": packageFile,
		"node_modules/tiny/package.json": `{"name": "tiny", "version": "1.0.0"}`, "node_modules/tiny/index.js": "exports.NAME = 'from-npm'\n",
	}.write(t)
	if got := name(t, submitted(t, folder, "app.cjs"), javascript.Adapter{}); got != "from-npm" {
		t.Errorf("got %s", got)
	}
}

// TestALockFileThatIsBehind is npm's own check.
func TestALockFileThatIsBehind(t *testing.T) {
	needs(t, "npm", "npm", "--version")
	b := submitted(t, files{
		"app.js": "", "package.json": `{"name": "app", "dependencies": {"other": "1.0.0"}}`, "package-lock.json": packageLock,
	}.write(t), "app.js")
	err := new(dependencies.Installer).Install(t.Context(), b)
	if err == nil || !strings.HasPrefix(err.Error(), "package-lock.json: error: npm ci ") || !strings.Contains(err.Error(), "Missing: other@1.0.0 from lock file") {
		t.Error(err)
	}
}
