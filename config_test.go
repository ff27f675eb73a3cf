package gstorm_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gstorm/gstorm"
)

func TestConfigMerge(t *testing.T) {
	base := gstorm.Config{"a": 1, "b": 2}
	got := base.Merge(gstorm.Config{"b": nil, "c": 3})
	if diff := cmp.Diff(gstorm.Config{"a": 1, "b": nil, "c": 3}, got); diff != "" {
		t.Error(diff)
	}
	got["a"] = 9
	if base["a"] != 1 {
		t.Error("the merged configuration shares its map with the first")
	}
	if diff := cmp.Diff(gstorm.Config{"x": 1}, gstorm.Config(nil).Merge(gstorm.Config{"x": 1})); diff != "" {
		t.Error(diff)
	}
}

func TestConfigInt(t *testing.T) {
	good := []any{7, int8(7), int16(7), int32(7), int64(7), uint(7), uint8(7), uint16(7), uint32(7), uint64(7), float32(7), 7.0,
		json.Number("7"), json.Number("7.0"), json.Number("0.7e1"), "7", " 7 "}
	for _, v := range good {
		if n, ok, err := (gstorm.Config{"k": v}).Int("k"); n != 7 || !ok || err != nil {
			t.Errorf("%T %v: %d, %v, %v", v, v, n, ok, err)
		}
	}
	bad := []any{"seven", "", 7.5, math.NaN(), math.Inf(1), json.Number("7.5"), json.Number("1e30"), true, []any{7}, uint64(math.MaxUint64)}
	for _, v := range bad {
		if n, ok, err := (gstorm.Config{"the.key": v}).Int("the.key"); err == nil || ok || !strings.Contains(err.Error(), "the.key") {
			t.Errorf("%T %v: %d, %v, %v; want an error that names the key", v, v, n, ok, err)
		}
	}
	notSet(t, func(c gstorm.Config) (any, bool, error) { n, ok, err := c.Int("k"); return n, ok, err }, 0)
}

func TestConfigBool(t *testing.T) {
	for v, want := range map[any]bool{true: true, false: false, "true": true, "false": false} {
		if got, ok, err := (gstorm.Config{"k": v}).Bool("k"); got != want || !ok || err != nil {
			t.Errorf("%v: %v, %v, %v", v, got, ok, err)
		}
	}
	for _, v := range []any{"maybe", "", 1, json.Number("1")} {
		if got, ok, err := (gstorm.Config{"the.key": v}).Bool("the.key"); err == nil || ok || !strings.Contains(err.Error(), "the.key") {
			t.Errorf("%v: %v, %v, %v; want an error that names the key", v, got, ok, err)
		}
	}
	notSet(t, func(c gstorm.Config) (any, bool, error) { b, ok, err := c.Bool("k"); return b, ok, err }, false)
}

func TestConfigSeconds(t *testing.T) {
	good := map[any]time.Duration{30: 30 * time.Second, int64(2): 2 * time.Second, uint8(2): 2 * time.Second, 0.25: 250 * time.Millisecond,
		float32(0.5): 500 * time.Millisecond, json.Number("1.5"): 1500 * time.Millisecond, "2": 2 * time.Second, " 2 ": 2 * time.Second, -1: -time.Second}
	for v, want := range good {
		if got, ok, err := (gstorm.Config{"k": v}).Seconds("k"); got != want || !ok || err != nil {
			t.Errorf("%T %v: %v, %v, %v; want %v", v, v, got, ok, err, want)
		}
	}
	for _, v := range []any{"soon", "", "NaN", "Inf", math.NaN(), 1e10, -1e10, json.Number("1e400"), true, map[string]any{}} {
		if got, ok, err := (gstorm.Config{"the.key": v}).Seconds("the.key"); err == nil || ok || !strings.Contains(err.Error(), "the.key") {
			t.Errorf("%T %v: %v, %v, %v; want an error that names the key", v, v, got, ok, err)
		}
	}
	notSet(t, func(c gstorm.Config) (any, bool, error) { d, ok, err := c.Seconds("k"); return d, ok, err }, time.Duration(0))
}

// notSet checks that a key that is absent or nil is no error.
func notSet(t *testing.T, get func(gstorm.Config) (any, bool, error), zero any) {
	t.Helper()
	for _, c := range []gstorm.Config{nil, {}, {"k": nil}} {
		if v, ok, err := get(c); v != zero || ok || err != nil {
			t.Errorf("not set: %v, %v, %v", v, ok, err)
		}
	}
}

func TestParseSetting(t *testing.T) {
	good := []struct {
		text, key string
		value     any
	}{
		{"topology.workers=10", "topology.workers", json.Number("10")},
		{"a= 10 ", "a", json.Number("10")},
		{"a=18446744073709551617", "a", json.Number("18446744073709551617")},
		{"a=true", "a", true},
		{"a=null", "a", nil},
		{`a="10"`, "a", "10"},
		{`a=["x",{"y":1}]`, "a", []any{"x", map[string]any{"y": json.Number("1")}}},
		{"a=abc", "a", "abc"},
		{"a=b=c", "a", "b=c"},
		{"a=", "a", ""},
		{"a=10 20", "a", "10 20"},
		{"a=10s", "a", "10s"},
		{"a=10]", "a", "10]"},
		{"a=1}", "a", "1}"},
		{`a="x`, "a", `"x`},
		{"a=2024-01-02", "a", "2024-01-02"},
	}
	for _, s := range good {
		key, value, err := gstorm.ParseSetting(s.text)
		if err != nil || key != s.key || !cmp.Equal(value, s.value) {
			t.Errorf("%q: %q, %#v, %v; want %q, %#v", s.text, key, value, err, s.key, s.value)
		}
	}
	for _, text := range []string{"", "abc", "=", "=1"} {
		if key, value, err := gstorm.ParseSetting(text); err == nil {
			t.Errorf("%q: %q, %v; want an error", text, key, value)
		}
	}
}

func TestDefaultConfig(t *testing.T) {
	c := gstorm.DefaultConfig()
	if d, ok, err := c.Seconds(gstorm.TopologyMessageTimeout); d != 30*time.Second || !ok || err != nil {
		t.Errorf("%s is %v, %v, %v", gstorm.TopologyMessageTimeout, d, ok, err)
	}
	if _, ok, _ := c.Int(gstorm.TopologyMaxSpoutPending); ok {
		t.Errorf("%s is set", gstorm.TopologyMaxSpoutPending)
	}
	if _, known := c[gstorm.TopologyMaxSpoutPending]; !known {
		t.Errorf("%s is not there as null, as in Storm", gstorm.TopologyMaxSpoutPending)
	}
	c[gstorm.TopologyWorkers] = 99
	if gstorm.DefaultConfig()[gstorm.TopologyWorkers] != 1 {
		t.Error("two calls share one map")
	}
	topology := gstorm.Topology{Name: "t", Config: gstorm.DefaultConfig(), Components: []gstorm.Component{{ID: "s", Kind: gstorm.SpoutKind, Parallelism: 1,
		Implementation: gstorm.Implementation{Type: gstorm.FileImplementation}}}}
	if problems := topology.Validate(nil); len(problems) > 0 {
		t.Errorf("the defaults break the rules: %v", problems)
	}
}

func TestJVMOnly(t *testing.T) {
	for key, want := range map[string]bool{"topology.worker.childopts": true, "topology.kryo.register": true, "topology.kryo.": true,
		"topology.kryo": false, "topology.worker.childopts.more": false, "topology.workers": false, "my.key": false, "": false} {
		if got := gstorm.JVMOnly(key); got != want {
			t.Errorf("%s: %v", key, got)
		}
	}
}
