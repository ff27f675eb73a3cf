package identity

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestKeysOfAFile(t *testing.T) {
	one, other := NewKey(), NewKey()
	if len(one) != 44 || one == other {
		t.Fatalf("%s, %s", one, other)
	}
	path := filepath.Join(t.TempDir(), "gossip.key")
	if err := os.WriteFile(path, []byte("# since May\n"+one+"\r\n\n  "+other), 0o600); err != nil {
		t.Fatal(err)
	}
	keys, err := ReadKeys(path)
	if err != nil || len(keys) != 2 || len(keys[0]) != 32 || string(keys[0]) == string(keys[1]) {
		t.Errorf("%d keys, %v", len(keys), err)
	}
	first, err := ParseKeys("", one)
	if err != nil || string(first[0]) != string(keys[0]) {
		t.Errorf("the first is another: %v", err)
	}
	for text, want := range map[string]string{
		"":                         "k holds no key",
		"# none\n":                 "k holds no key",
		one + "\nhunter2":          "k:2: this is no key, which is 44 characters of base64",
		one[:43]:                   "k:1: this is no key",
		"AAAAAAAAAAAAAAAAAAAAAA==": "k:1: the key has 16 bytes, it must have 32",
		one + one:                  "k:1: this is no key",
	} {
		_, err := ParseKeys("k", text)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), one[:20])) {
			t.Errorf("it tells the secret: %v", err)
		}
	}
	if _, err := ReadKeys(path + "s"); err == nil || !strings.Contains(err.Error(), path+"s") {
		t.Errorf("no file: %v", err)
	}
}

// FuzzParseKeys: whatever is in the file, it is keys that gossip and seals can have, or an error.
func FuzzParseKeys(f *testing.F) {
	f.Add("# a\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := ParseKeys("k", text)
		if err != nil {
			return
		}
		for _, key := range keys {
			if len(key) != 32 {
				t.Fatalf("a key of %d bytes", len(key))
			}
		}
		if _, err := NewSeal(keys); err != nil {
			t.Fatal(err)
		}
	})
}

func seal(t *testing.T, text ...string) *Seal {
	t.Helper()
	keys, err := ParseKeys("k", strings.Join(text, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSeal(keys)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSeals(t *testing.T) {
	const purpose = "POST /v1/report"
	before, after, foreign := NewKey(), NewKey(), NewKey()
	now := time.Now()
	made := seal(t, before).Sign(purpose, now)
	for _, knows := range []*Seal{seal(t, before), seal(t, before, after), seal(t, after, before)} { // in the order of a rotation
		for _, at := range []time.Time{now, now.Add(4 * time.Minute), now.Add(-4 * time.Minute)} {
			if err := knows.Verify(made, purpose, at); err != nil {
				t.Error(err)
			}
		}
	}
	s := seal(t, before)
	for _, wrong := range []struct {
		by       *Seal
		header   string
		purpose  string
		at       time.Time
		contains string
	}{
		{seal(t, foreign), made, purpose, now, "not made with a key of this cluster"},
		{s, made, "POST /v1/kill", now, "for something else"},
		{s, made, purpose, now.Add(6 * time.Minute), "set the machines' clocks"},
		{s, made, purpose, now.Add(-6 * time.Minute), "set the machines' clocks"},
		{s, strings.Replace(made, " 1", " 2", 1), purpose, now, "not made with"},
		{s, "", purpose, now, "no seal"},
		{s, "Member", purpose, now, "no seal"},
		{s, "Member 1", purpose, now, "not made with"},
		{s, "Bearer x", purpose, now, "no seal"},
		{s, made + "!", purpose, now, "no seal"},
	} {
		if err := wrong.by.Verify(wrong.header, wrong.purpose, wrong.at); err == nil || !strings.Contains(err.Error(), wrong.contains) {
			t.Errorf("%q: %v, want %q", wrong.header, err, wrong.contains)
		}
	}
	if strings.Contains(made, before) {
		t.Error("the seal holds the key")
	}
	if _, err := NewSeal(nil); err == nil {
		t.Error("seals without a key")
	}
}
