package main

import (
	"fmt"
	"os"

	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/internal/terminal"
)

// summaryReport is where the summary goes at the end.
type summaryReport struct {
	p    *program
	form string
	tty  terminal.Options
	file *os.File // nil: none
}

// openSummary makes the summary file, so that one that can't be written is found before the start.
func (p *program) openSummary(o runOptions, tty terminal.Options) (*summaryReport, error) {
	r := &summaryReport{p: p, form: o.summary, tty: tty}
	if o.summaryFile == "" {
		return r, nil
	}
	var err error
	if r.file, err = os.Create(o.summaryFile); err != nil {
		return nil, &invalidError{fmt.Errorf("--summary-file: %w", err)}
	}
	return r, nil
}

// write writes the summary wherever it is wanted.
func (r *summaryReport) write(s stats.Snapshot) error {
	if r.file != nil {
		err := terminal.WriteJSON(r.file, s)
		if closeErr := r.file.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("write summary: %w", closeErr)
		}
		if err != nil {
			return err
		}
	}
	switch r.form {
	case "text":
		return terminal.WriteSummary(r.p.stderr, s, r.tty.SummaryStyle())
	case "json":
		return terminal.WriteJSON(r.p.stdout, s)
	}
	return nil
}
