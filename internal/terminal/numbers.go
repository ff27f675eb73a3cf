package terminal

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// thousands writes a count in full: 1,234,567.
func thousands(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// short writes a count in at most seven cells: 999,999 and then 1.23M.
func short(n uint64) string {
	if n < 1_000_000 {
		return thousands(n)
	}
	f, units := float64(n), "MGTPE"
	for f /= 1e6; f >= 999.5 && len(units) > 1; f /= 1000 {
		units = units[1:]
	}
	return threeDigits(f) + units[:1]
}

// rate writes a number of things a second in at most seven cells.
func rate(perSecond float64) string {
	if perSecond > 0 && perSecond < 9.95 {
		return strconv.FormatFloat(perSecond, 'f', 1, 64)
	}
	return short(uint64(max(perSecond, 0) + 0.5))
}

// millis writes a latency in milliseconds in at most six cells, with the precision that it is worth: 0.04, 12.7, 1,204,
// 73.2k.
func millis(ms float64) string {
	switch {
	case ms < 100:
		return threeDigits(ms)
	case ms < 9_999.5:
		return thousands(uint64(ms + 0.5))
	case ms < 999_500:
		return threeDigits(ms/1000) + "k"
	}
	return threeDigits(ms/1e6) + "M"
}

// threeDigits writes a number below 1000 with at most two decimals and three digits in all.
func threeDigits(f float64) string {
	switch {
	case f < 9.995:
		return strconv.FormatFloat(f, 'f', 2, 64)
	case f < 99.95:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}

// elapsed writes a time as people say it: 0.42s, 12.3s, 4m05s, 2h04m. It cuts and does not round: 59.96 must not become
// 60.0.
func elapsed(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < time.Second:
		return fmt.Sprintf("%.2fs", d.Truncate(10*time.Millisecond).Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Truncate(100*time.Millisecond).Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

// counted writes a number with its noun: 1 task, 2 tasks.
func counted(n uint64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}
