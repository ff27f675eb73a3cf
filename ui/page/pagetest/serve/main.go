// Command serve shows the page with made-up numbers, to work on it: go run ./ui/page/pagetest/serve -scenario failing
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gstorm/gstorm/ui/page/pagetest"
)

func main() {
	scenario := flag.String("scenario", pagetest.Failing, "one of "+strings.Join(pagetest.Scenarios, ", "))
	address := flag.String("address", "127.0.0.1:7778", "where to listen")
	flag.Parse()
	fmt.Println("http://" + *address)
	if err := http.ListenAndServe(*address, pagetest.New(*scenario, time.Second)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
