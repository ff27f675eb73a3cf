package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// nativeCount counts words that are made up, with every tree tracked, all in gstorm itself.
const nativeCount = `name: counted
spouts: [{id: lines, builtin: generate, options: {fields: [{word: [the, cow, jumped, over, a, moon]}], count: %d}, parallelism: 1}]
bolts:
- {id: split, builtin: filter, options: {when: "len(word) > 0"}, parallelism: 1}
- {id: count, builtin: count, options: {by: word, every: 60}, parallelism: 1}
streams:
- {from: lines, to: split, grouping: {type: SHUFFLE}}
- {from: split, to: count, grouping: {type: FIELDS, args: [word]}}
`

// BenchmarkPage is what the page costs: the same work without it, with it (--ui), and with it open in a browser, whose live events
// of the topology and of a component are read. All three are done in each round, each time in another order; the ratios are medians
// over the rounds: above-cpu is processor time of gstorm and the components, above-time what goes by, in hundredths. On a machine
// that has much else to do the same work takes longer, and the page is there for longer: cpu-ms/s, what it takes of a second, is
// the same there. "native" has no children. go test -run ^$ -bench Page -benchtime 9x ./cmd/gstorm
func BenchmarkPage(b *testing.B) {
	gstorm, err := built()
	if err != nil {
		b.Fatal(err)
	}
	folder := b.TempDir()
	native, text := filepath.Join(folder, "native.yaml"), filepath.Join(folder, "text")
	for file, content := range map[string]string{
		native: fmt.Sprintf(nativeCount, 1_500_000), text: strings.Repeat("the cow jumped over the moon and then it came back\n", 60_000),
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for name, args := range map[string][]string{"native": {native}, "ruby": {"testdata/topology/counted.rb", "--", "1", text}} {
		b.Run(name, func(b *testing.B) {
			pages := []string{"none", "on", "open"}
			used, took := map[string][]float64{}, map[string][]float64{}
			for round := range b.N {
				for i := range pages {
					page := pages[(round+i)%len(pages)]
					cpu, time := runForPage(b, gstorm, page, args)
					used[page], took[page] = append(used[page], cpu.Seconds()), append(took[page], time.Seconds())
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(used["none"]), "cpu-s")
			for _, page := range pages[1:] {
				b.ReportMetric(100*(medianRatio(used[page], used["none"])-1), page+"-%above-cpu")
				var perSecond []float64
				for i := range used[page] {
					perSecond = append(perSecond, 1000*(used[page][i]-used["none"][i])/took[page][i])
				}
				b.ReportMetric(median(perSecond), page+"-cpu-ms/s")
				b.ReportMetric(100*(medianRatio(took[page], took["none"])-1), page+"-%above-time")
			}
		})
	}
}

func median(list []float64) float64 {
	return slices.Sorted(slices.Values(list))[len(list)/2]
}

func medianRatio(of, to []float64) float64 {
	var ratios []float64
	for i := range of {
		ratios = append(ratios, of[i]/to[i])
	}
	return median(ratios)
}

// runForPage runs a topology, counted, to its end.
func runForPage(b *testing.B, gstorm, page string, args []string) (cpu, took time.Duration) {
	b.Helper()
	flags := []string{"run", "--summary", "none", "--no-table"}
	if page != "none" {
		flags = append(flags, "--ui", "127.0.0.1:0")
	}
	cmd := exec.Command(gstorm, append(flags, args...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ctx, end := context.WithCancel(b.Context())
	var reading sync.WaitGroup
	events := 0
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		if _, address, is := strings.Cut(lines.Text(), "the page of this run is at "); is && page == "open" {
			reading.Go(func() { events = readLive(ctx, address+"v1/live?topology=counted") })
			reading.Go(func() { readLive(ctx, address+"v1/live?topology=counted&component=split") })
		}
	}
	err = cmd.Wait()
	took = time.Since(begin)
	end()
	if reading.Wait(); err != nil || page == "open" && events == 0 {
		b.Fatalf("%v, %d events", err, events)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), took
}

// readLive reads live events, once there are any, until there are no more.
func readLive(ctx context.Context, url string) (events int) {
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for ; ctx.Err() == nil; <-again.C {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return events
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			continue // it has not begun, or has ended
		}
		for in := bufio.NewReader(response.Body); err == nil; {
			var line string
			if line, err = in.ReadString('\n'); strings.HasPrefix(line, "data: ") {
				events++
			}
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
	}
	return events
}
