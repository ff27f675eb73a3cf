package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"os"

	"github.com/gstorm/gstorm/ui"
)

// rolesAreKept: who shows a token gets what its role may see, whichever agent is asked, and whatever else is said. tokens are those
// of alice, who may operate, and bob, who may read.
func (c *testCluster) rolesAreKept(ca string, tokens map[string]string) {
	c.Helper()
	text, err := os.ReadFile(ca)
	if err != nil {
		c.Fatal(err)
	}
	known := x509.NewCertPool()
	known.AppendCertsFromPEM(text)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: known}}}
	for _, a := range c.agents {
		for name, role := range map[string]string{"alice": "operate", "bob": "read"} {
			for _, headers := range []map[string]string{
				{}, {"Gstorm-Role": "admin"}, {"Connection": "Gstorm-Role"}, {"Connection": "Gstorm-Role, Authorization", "Gstorm-Role": "admin"},
			} {
				r, err := http.NewRequestWithContext(c.Context(), http.MethodGet, "https://"+a.address+"/v1/overview", nil)
				if err != nil {
					c.Fatal(err)
				}
				for key, value := range headers {
					r.Header.Set(key, value)
				}
				r.Header.Set("Authorization", "Bearer "+tokens[name])
				response, err := client.Do(r)
				if err != nil {
					c.Fatal(err)
				}
				var o ui.Overview
				err = json.NewDecoder(response.Body).Decode(&o)
				_ = response.Body.Close()
				if err != nil || o.Role != role {
					c.Errorf("%s with %v is answered as %q by %s (%v), whose role is %s", name, headers, o.Role, a.address, err, role)
				}
			}
		}
	}
}
