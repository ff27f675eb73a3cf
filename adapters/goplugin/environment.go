package goplugin

import (
	"strings"

	"github.com/gstorm/gstorm"
)

// kept are the variables of gstorm's environment that every program gets, and keptPrefixes the beginnings of others: what a
// process needs to find its files, its locale, its certificates and its way out, and what sets Go's runtime.
var (
	kept = map[string]bool{
		"PATH": true, "HOME": true, "USER": true, "LOGNAME": true, "SHELL": true, "TMPDIR": true, "TZ": true, "LANG": true,
		"HOSTNAME": true, "SSL_CERT_FILE": true, "SSL_CERT_DIR": true,
		"GOMAXPROCS": true, "GOGC": true, "GOMEMLIMIT": true, "GODEBUG": true, "GOTRACEBACK": true, "GORACE": true, "GOCOVERDIR": true,
		"HTTP_PROXY": true, "HTTPS_PROXY": true, "NO_PROXY": true, "http_proxy": true, "https_proxy": true, "no_proxy": true,
	}
	keptPrefixes = []string{"LC_", "XDG_", "GSTORM_"}
)

// inherited reports whether a program gets a variable of gstorm's environment: one of those above, or one that gstorm.plugin.env
// names, in the topology's configuration or the component's. Secrets of gstorm's own stay with it that way.
func inherited(variable string, configs ...gstorm.Config) bool {
	if kept[variable] {
		return true
	}
	for _, prefix := range keptPrefixes {
		if strings.HasPrefix(variable, prefix) {
			return true
		}
	}
	for _, c := range configs {
		names, _, _ := c.Strings(gstorm.PluginEnv) // Validate has found what is none
		for _, name := range names {
			if name == variable || name == "*" {
				return true
			}
		}
	}
	return false
}
