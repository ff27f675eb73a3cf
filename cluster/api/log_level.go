package api

import (
	"context"
	"net/http"

	"github.com/gstorm/gstorm/internal/loglevel"
)

// LogLevels are from which levels on components of a topology log, where that was set.
func (c *Client) LogLevels(ctx context.Context, topology string) (list loglevel.List, err error) {
	err = c.Document(ctx, topologyPath(topology, "/log-levels"), &list)
	return list, err
}

// SetLogLevel changes one of them. It returns those in force then.
func (c *Client) SetLogLevel(ctx context.Context, topology string, change loglevel.Change) (list loglevel.List, err error) {
	err = c.do(ctx, http.MethodPost, topologyPath(topology, "/log-levels"), change, &list)
	return list, err
}
