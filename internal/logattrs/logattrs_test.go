package logattrs

import (
	"fmt"
	"log/slog"
	"testing"
	"time"
)

// TestGroupsBecomeDots, and lists that come of one do not disturb each other.
func TestGroupsBecomeDots(t *testing.T) {
	base := List{}.With([]slog.Attr{slog.String("a", "1")})
	inner := base.Group("g").Group("").With([]slog.Attr{slog.Int("b", 2)})
	other := base.With([]slog.Attr{slog.Bool("c", true)})
	r := slog.NewRecord(time.Time{}, slog.LevelInfo, "m", 0)
	r.AddAttrs(slog.Group("h", slog.Group("", slog.Int("d", 4)), slog.Attr{}), slog.Group("empty"))
	for list, want := range map[*List]string{
		&base: "[a=1 h.d=4]", &inner: "[a=1 g.b=2 g.h.d=4]", &other: "[a=1 c=true h.d=4]",
	} {
		if got := fmt.Sprint(list.Of(r)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
