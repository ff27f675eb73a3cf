package deploy

import (
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/gstorm/gstorm/cluster/identity"
	"github.com/gstorm/gstorm/cluster/settings"
)

//go:embed templates/kubernetes.yaml templates/nomad.hcl
var manifests embed.FS

// Manifest is what a manifest is to have beside what the file says.
type Manifest struct {
	Replicas  int    // how many agents; 0: as many as there are hosts, or voters
	Image     string // with gstorm in it, and what components need
	Namespace string // of Kubernetes
	Storage   string // of each agent, as Kubernetes writes it
	Driver    string // of Nomad: raw_exec or docker
	Secrets   bool   // the keys themselves stand in it, not what they are to be replaced by
}

// The folders of an agent in a container.
const (
	containerData   = "/var/lib/gstorm"
	containerConfig = "/etc/gstorm"
)

// secret is a file of keys in a manifest.
type secret struct{ Name, Text, Base64 string }

// rendered is what the templates are made of.
type rendered struct {
	Manifest
	Name     string // of all that is made
	Cluster  string
	Args     []string
	Secrets  []secret
	With     bool // the secrets are true ones
	Paths    Paths
	Port     int // of requests; the gossip has the next
	Gossip   int
	Variable string // of Nomad, where the keys are looked for
}

// resource is what all that belongs to the cluster is called.
func (f *File) resource() string {
	if f.Name == identity.DefaultCluster {
		return f.Name
	}
	return identity.DefaultCluster + "-" + f.Name
}

// Kubernetes is a manifest of the cluster: a stateful set with its services, claims and keys. With true secrets the vault,
// which may be nil otherwise, makes a certificate for the names that pods have.
func (f *File) Kubernetes(m Manifest, v *Vault) (string, error) {
	name := f.resource()
	domain := name + "." + m.Namespace + ".svc"
	values := f.common(containerConfig)
	values["name"] = []string{"$(POD_NAME)"}
	values["data"] = []string{containerData}
	values["bind"] = []string{"$(POD_IP):" + settings.BindPort}
	values["advertise"] = []string{"$(POD_NAME)." + domain + ":" + settings.BindPort}
	values["join"] = []string{domain}
	if err := f.first(values, &m); err != nil {
		return "", err
	}
	names := []string{name, "*." + name, domain, "*." + domain, domain + ".cluster.local", "*." + domain + ".cluster.local"}
	return f.render("kubernetes.yaml", values, m, v, "kubernetes", names, map[string]string{"$(POD_NAME)": "pod-0", "$(POD_IP)": "10.0.0.1"})
}

// Nomad is a job of the cluster, on the machines that the file lists; the vault is as for Kubernetes.
func (f *File) Nomad(m Manifest, v *Vault) (string, error) {
	if len(f.Hosts) == 0 {
		return "", fmt.Errorf("%s lists no hosts: agents under Nomad find each other by the addresses of the machines", f.Path)
	}
	if m.Replicas != 0 && m.Replicas != len(f.Hosts) {
		return "", fmt.Errorf("%d replicas are wanted, and %s lists %d hosts: each has one agent", m.Replicas, f.Path, len(f.Hosts))
	}
	values := f.common("${NOMAD_SECRETS_DIR}")
	values["name"] = []string{"${node.unique.name}"}
	values["data"] = []string{containerData}
	if m.Driver == "raw_exec" {
		values["data"] = []string{f.Hosts[0].Paths.Data}
	}
	values["bind"] = []string{"${NOMAD_IP_api}:" + settings.BindPort}
	var names []string
	for _, h := range f.Hosts {
		values["join"] = append(values["join"], h.IP)
		for _, name := range []string{h.Name, h.Address, h.IP} {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if err := f.first(values, &m); err != nil {
		return "", err
	}
	return f.render("nomad.hcl", values, m, v, "nomad", names,
		map[string]string{"${node.unique.name}": "node", "${NOMAD_IP_api}": "10.0.0.1", "${NOMAD_SECRETS_DIR}": "/secrets"})
}

// common are the settings of all agents.
func (f *File) common(folder string) map[string][]string {
	values := maps.Clone(f.agent)
	values["cluster"] = []string{f.Name}
	values["voters"] = []string{strconv.Itoa(f.Voters)}
	for name, file := range f.Security.files() {
		values[name] = []string{folder + "/" + file}
	}
	return values
}

// first says how the cluster begins, and with how many.
func (f *File) first(values map[string][]string, m *Manifest) error {
	if m.Replicas == 0 {
		m.Replicas = len(f.Hosts)
	}
	if m.Replicas == 0 {
		m.Replicas = f.Voters
	}
	switch {
	case m.Replicas == 1:
		values["bootstrap"] = []string{"true"}
	case m.Replicas < f.Voters:
		return fmt.Errorf("%d agents can't begin a cluster in which %d vote, since all of them are told the same: 1 can, or %[2]d and more", m.Replicas, f.Voters)
	default:
		values["expect"] = []string{strconv.Itoa(f.Voters)}
	}
	return nil
}

func (f *File) render(name string, values map[string][]string, m Manifest, v *Vault, folder string, names []string, runtime map[string]string) (string, error) {
	if err := tryOut(values, runtime); err != nil {
		return "", fmt.Errorf("the agents of %s: %w", f.Path, err)
	}
	r := rendered{
		Manifest: m, Name: f.resource(), Cluster: f.Name, Args: arguments(values), With: m.Secrets, Variable: "nomad/jobs/" + f.resource(),
		Paths: Paths{Binary: "/usr/local/bin/gstorm", Config: containerConfig, Data: values["data"][0]},
	}
	if len(f.Hosts) > 0 {
		r.Paths.Binary = f.Hosts[0].Paths.Binary
	}
	r.Port, _ = strconv.Atoi(settings.BindPort)
	r.Gossip = r.Port + 1
	files := map[string][]byte{}
	for _, file := range f.Security.files() {
		files[file] = []byte("REPLACE-ME, or render with --with-secrets\n")
	}
	if m.Secrets {
		if f.Security.TLS {
			if err := v.certificate(folder, names); err != nil {
				return "", err
			}
		}
		var err error
		if files, err = v.Files(folder); err != nil {
			return "", err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		r.Secrets = append(r.Secrets, secret{name, string(files[name]), base64.StdEncoding.EncodeToString(files[name])})
	}
	text, err := manifests.ReadFile("templates/" + name)
	if err != nil {
		return "", err
	}
	t, err := template.New(name).Funcs(template.FuncMap{"quote": quoted, "key": func(name string) string { return strings.NewReplacer(".", "_", "-", "_").Replace(name) }}).Parse(string(text))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, r)
	return b.String(), err
}

// tryOut checks settings as an agent will, with values in the place of what is known only where it runs.
func tryOut(values map[string][]string, runtime map[string]string) error {
	var pairs []string
	for from, to := range runtime {
		pairs = append(pairs, from, to)
	}
	replace := strings.NewReplacer(pairs...)
	tried := map[string][]string{}
	for name, list := range values {
		for _, v := range list {
			tried[name] = append(tried[name], replace.Replace(v))
		}
	}
	s, err := load(tried)
	if err == nil {
		if _, port, _ := net.SplitHostPort(s.Bind); port != settings.BindPort {
			err = fmt.Errorf("the port of bind is %s: a manifest has %s", port, settings.BindPort)
		}
	}
	return err
}

// arguments are settings as flags, in the order of the table.
func arguments(values map[string][]string) (args []string) {
	for _, s := range settings.Table() {
		if given := values[s.Name]; len(given) > 0 {
			args = append(args, s.Flag()+"="+strings.Join(given, ","))
		}
	}
	return args
}

// quoted is a text in double quotes, as YAML and HCL both read it.
func quoted(text string) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(text)
	return strings.TrimSuffix(b.String(), "\n"), err
}
