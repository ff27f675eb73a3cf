package page_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"sort"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/gstorm/gstorm/ui/page/pagetest"
)

// TestScreenshots makes the pictures of the documentation, in the folder GSTORM_SCREENSHOTS: make screenshots.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("GSTORM_SCREENSHOTS")
	if folder == "" {
		t.Skip("GSTORM_SCREENSHOTS names no folder")
	}
	for _, shot := range []struct {
		name, scenario string
		width, height  int64
		dark           bool
		view           []string
		then           func(*tab) // what is done before the picture is taken
	}{
		{"topology", pagetest.Failing, 1280, 1500, false, []string{"topology", "orders"}, nil},
		{"topology-dark", pagetest.Healthy, 1280, 900, true, []string{"topology", "word_count"}, nil},
		{"component", pagetest.Failing, 1280, 1240, true, []string{"topology", "orders", "component", "fraud"}, nil},
		{"tap", pagetest.Failing, 1280, 620, true, []string{"topology", "orders", "component", "fraud"}, func(b *tab) {
			b.click("form.tools button")
			b.wait("document.querySelectorAll('[aria-label=Tuples] li').length === 12")
			b.eval("document.querySelector('form.tools').closest('section').scrollIntoView()")
		}},
		{"waterfall", pagetest.Failing, 1280, 760, false, []string{"topology", "orders", "trace", "3-17"}, nil},
		{"waterfall-failed", pagetest.Failing, 1280, 900, true, []string{"topology", "orders", "trace", "3-20"}, nil},
		{"waterfall-phone", pagetest.Failing, 360, 1100, true, []string{"topology", "orders", "trace", "3-20"}, nil},
		{"traces", pagetest.Failing, 1280, 620, false, []string{"topology", "orders", "traces"}, nil},
		{"dead-letters", pagetest.Failing, 1280, 800, false, []string{"topology", "orders", "dead-letters"}, func(b *tab) {
			b.click(".errors li:nth-child(1) [type=checkbox]")
			b.click(".errors li:nth-child(2) [type=checkbox]")
		}},
		{"board", pagetest.Healthy, 1280, 860, false, []string{"topology", "word_count", "board", "trending"}, nil},
		{"board-dark", pagetest.Healthy, 1280, 860, true, []string{"topology", "word_count", "board", "trending"}, nil},
		{"cluster", pagetest.NodeGone, 1280, 720, false, nil, nil},
		{"large", pagetest.Many, 1280, 1000, true, []string{"topology", "wide"}, nil},
		{"phone", pagetest.Failing, 360, 1100, false, []string{"topology", "orders"}, nil},
		{"nothing", pagetest.Nothing, 900, 560, false, nil, nil},
	} {
		t.Run(shot.name, func(t *testing.T) {
			tick, points := 50*time.Millisecond, 55
			if shot.scenario == pagetest.Many {
				tick, points = time.Second, 2
			}
			b := openEvery(t, shot.scenario, tick)
			b.size(shot.width, shot.height)
			b.dark(shot.dark)
			b.visit(shot.view...)
			b.wait(drawn)
			b.wait(fmt.Sprintf("!document.querySelector('.spark')?.checkVisibility() || document.querySelector('.spark path').getAttribute('d').split('L').length > %d", points))
			if shot.then != nil {
				shot.then(b)
			}
			picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			if picture, err = smaller(picture); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, shot.name+".png"), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// smaller writes a picture with a palette of its 256 most frequent colours; what is else becomes the nearest of them.
func smaller(text []byte) ([]byte, error) {
	from, err := png.Decode(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	key := func(c color.Color) color.RGBA {
		r, g, b, _ := c.RGBA()
		return color.RGBA{uint8(r >> 10 << 2), uint8(g >> 10 << 2), uint8(b >> 10 << 2), 255}
	}
	often := map[color.RGBA]int{}
	exact := map[color.RGBA]color.Color{}
	box := from.Bounds()
	for y := range box.Dy() {
		for x := range box.Dx() {
			c := from.At(x, y)
			often[key(c)]++
			exact[key(c)] = c
		}
	}
	var all []color.RGBA
	for c := range often {
		all = append(all, c)
	}
	sort.Slice(all, func(i, j int) bool { return often[all[i]] > often[all[j]] })
	palette := color.Palette{}
	for _, c := range all[:min(256, len(all))] {
		palette = append(palette, exact[c])
	}
	to := image.NewPaletted(box, palette)
	nearest := map[color.RGBA]uint8{}
	for y := range box.Dy() {
		for x := range box.Dx() {
			c := from.At(x, y)
			i, ok := nearest[key(c)]
			if !ok {
				i = uint8(palette.Index(c))
				nearest[key(c)] = i
			}
			to.SetColorIndex(x, y, i)
		}
	}
	var small bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, to)
	return small.Bytes(), err
}
