package deploy

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gstorm/gstorm/cluster/identity"
)

// ownToken is the token by which deploy itself asks the cluster, and may change it.
const ownToken = "deploy"

// How long what is made is good for.
const (
	authorityTime   = 3650 * 24 * time.Hour
	certificateTime = 365 * 24 * time.Hour
)

// never is when a token expires that does not.
var never time.Time

// Vault is the folder of what gstorm makes for a cluster, each thing once: the authority and certificates, the key of the
// gossip, the tokens. Only its owner can read it.
type Vault struct {
	Folder string
	Made   []string // what was not there yet, for people

	file *File
	ca   *identity.CA
}

// Vault is the vault as it is.
func (f *File) Vault() *Vault { return &Vault{Folder: f.Security.Folder, file: f} }

// OpenVault makes what a cluster needs and has not got yet. What is there stays, but for certificates that end soon.
func (f *File) OpenVault() (*Vault, error) {
	v := f.Vault()
	if err := os.MkdirAll(v.Folder, 0o700); err != nil {
		return nil, err
	}
	// The folder lies beside a file that belongs in a repository; it does not.
	if err := v.once(".gitignore", []byte("*\n")); err != nil {
		return nil, err
	}
	if f.Security.TLS {
		if err := v.certificates(); err != nil {
			return nil, err
		}
	}
	if f.Security.GossipKey {
		err := identity.SaveKey(v.path(gossipFile), identity.NewKey())
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if err == nil {
			v.made("a key for the gossip")
		}
		if _, err := identity.ReadKeys(v.path(gossipFile)); err != nil {
			return nil, err
		}
	}
	if !f.Security.NoTokens {
		if err := v.tokens(); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (v *Vault) made(format string, args ...any) {
	v.Made = append(v.Made, fmt.Sprintf(format, args...))
}

func (v *Vault) path(names ...string) string {
	return filepath.Join(append([]string{v.Folder}, names...)...)
}

// once writes a file for its owner alone, unless it is there.
func (v *Vault) once(name string, text []byte) error {
	file, err := os.OpenFile(v.path(name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	} else if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

func (v *Vault) certificates() (err error) {
	v.ca, err = identity.OpenCA(v.Folder)
	switch {
	case err == nil && v.ca.Cluster != v.file.Name:
		return fmt.Errorf("%s is the authority of the cluster %s, and %s names the cluster %s: name it as before, or another security: {folder: DIR}",
			v.path(identity.CAFile), v.ca.Cluster, v.file.Path, v.file.Name)
	case errors.Is(err, fs.ErrNotExist):
		if v.ca, err = identity.NewCA(v.file.Name, authorityTime); err != nil {
			return err
		}
		if err := v.ca.Save(v.Folder); err != nil {
			return fmt.Errorf("the authority: %w", err)
		}
		v.made("an authority")
	case err != nil:
		return err
	}
	for _, h := range v.file.Hosts {
		s, err := v.file.settings(h)
		if err != nil {
			return err
		}
		names := []string{h.Name}
		for _, name := range []string{h.Address, h.IP, hostOf(s.Bind), hostOf(s.Advertise)} {
			if ip := net.ParseIP(name); name != "" && !slices.Contains(names, name) && (ip == nil || !ip.IsUnspecified()) {
				names = append(names, name)
			}
		}
		if err := v.certificate(h.Name, names); err != nil {
			return fmt.Errorf("the certificate of %s: %w", h.Name, err)
		}
	}
	return nil
}

func hostOf(address string) string {
	host, _, _ := net.SplitHostPort(address)
	return host
}

// certificate makes a certificate for names, in a folder of that name, unless there is one that does.
func (v *Vault) certificate(folder string, names []string) error {
	there, err := v.ca.Issued(v.path("hosts", folder))
	if err == nil && there.Covers(names) && !there.EndsSoon() {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	c, err := v.ca.Issue(names, certificateTime)
	if err != nil {
		return err
	}
	if err := c.Save(v.path("hosts", folder), true); err != nil {
		return err
	}
	v.made("a certificate for %s", folder)
	return nil
}

// tokens sees to it that there is each token that is wished for, its secret in a file of its own.
func (v *Vault) tokens() error {
	text, err := os.ReadFile(v.path(tokensFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	there, err := identity.ParseTokens(v.path(tokensFile), string(text))
	if err != nil {
		return err
	}
	for _, wish := range append([]TokenWish{{ownToken, identity.Admin}}, v.file.Security.Tokens...) {
		i := slices.IndexFunc(there, func(t identity.Token) bool { return t.Name == wish.Name })
		if i >= 0 && there[i].Role != wish.Role {
			return fmt.Errorf("%s: the token %s has the role %s, and %s says %s: remove its line, for a new one to be made", v.path(tokensFile), wish.Name, there[i].Role, v.file.Path, wish.Role)
		}
		if i >= 0 {
			continue
		}
		secret, token, err := identity.NewToken(wish.Name, wish.Role, never)
		if err != nil {
			return err
		}
		if err := os.WriteFile(v.secret(wish.Name), []byte(secret+"\n"), 0o600); err != nil {
			return err
		}
		if err := identity.AddToken(v.path(tokensFile), token); err != nil {
			return err
		}
		v.made("a token for %s", wish.Name)
	}
	return nil
}

// secret is the file of a token.
func (v *Vault) secret(name string) string { return v.path(name + ".token") }

// Token is deploy's own; "": the cluster knows no tokens.
func (v *Vault) Token() (string, error) {
	if v.file.Security.NoTokens {
		return "", nil
	}
	text, err := os.ReadFile(v.secret(ownToken))
	if err != nil {
		return "", fmt.Errorf("the token of deploy: %w; remove its line from %s, for a new one to be made", err, v.path(tokensFile))
	}
	return strings.TrimSpace(string(text)), nil
}

// Files are what a host's agent needs of the vault, by the names that they have there.
func (v *Vault) Files(host string) (map[string][]byte, error) {
	from := map[string]string{}
	if v.file.Security.TLS {
		from[caFile], from[certFile], from[keyFile] = v.path(identity.CAFile), v.path("hosts", host, identity.CertFile), v.path("hosts", host, identity.KeyFile)
	}
	if v.file.Security.GossipKey {
		from[gossipFile] = v.path(gossipFile)
	}
	if !v.file.Security.NoTokens {
		from[tokensFile] = v.path(tokensFile)
	}
	files := map[string][]byte{}
	for name, path := range from {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files[name] = text
	}
	return files, nil
}

// Hints are the lines that let a person's shell use the cluster.
func (v *Vault) Hints(addresses []string) []string {
	hints := []string{"export GSTORM_AGENT=" + strings.Join(addresses, ",")}
	full := func(path string) string {
		if abs, err := filepath.Abs(path); err == nil {
			return abs
		}
		return path
	}
	if v.file.Security.TLS {
		hints = append(hints, "export GSTORM_CA="+Quote(full(v.path(identity.CAFile))))
	}
	if !v.file.Security.NoTokens {
		hints = append(hints, "export GSTORM_TOKEN=$(cat "+Quote(full(v.secret(ownToken)))+")")
	}
	return hints
}
