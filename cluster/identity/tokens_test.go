package identity

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tokensFile has a token for alice who may all, and one for bob that has expired.
func tokensFile(t *testing.T) (path, alice, bob string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "tokens")
	add := func(name string, role Role, expires time.Time) string {
		secret, token, err := NewToken(name, role, expires)
		if err != nil {
			t.Fatal(err)
		}
		if err := AddToken(path, token); err != nil {
			t.Fatal(err)
		}
		return secret
	}
	return path, add("alice", Admin, time.Time{}), add("bob", Read, time.Now().Add(-time.Minute))
}

func TestTokensAreToldApartInTheLog(t *testing.T) {
	path, alice, bob := tokensFile(t)
	log, lines := logged()
	tokens, err := OpenTokens(path, log)
	if err != nil {
		t.Fatal(err)
	}
	if who, err := tokens.Check(alice); err != nil || who != (Identity{"alice", Admin}) {
		t.Errorf("%v, %v", who, err)
	}
	stranger, token, err := NewToken("carol", Read, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for secret, want := range map[string]string{bob: "expired: that of bob", stranger: "unknown: no token has the hash sha256:", alice[1:]: "malformed", "": "malformed", alice + "x": "malformed"} {
		who, err := tokens.Check(secret)
		var refused *TokenError
		if !errors.As(err, &refused) || !strings.HasPrefix(refused.Reason, want) || who != (Identity{}) {
			t.Errorf("%v, %v, want %q", who, err, want)
		}
		if secret != "" && strings.Contains(err.Error(), secret) {
			t.Errorf("the log has the token: %v", err)
		}
	}
	// What is added, and removed, holds at once; a file with a mistake changes nothing.
	if err := AddToken(path, token); err != nil {
		t.Fatal(err)
	}
	if who, err := tokens.Check(stranger); err != nil || who != (Identity{"carol", Read}) {
		t.Errorf("%v, %v", who, err)
	}
	if err := os.WriteFile(path, []byte("alice is away\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Check(alice); err != nil {
		t.Errorf("a mistake in the file locked out: %v", err)
	}
	if want := `tokens:1: there is no role \"is\"`; !strings.Contains(lines.String(), want) {
		t.Errorf("the mistake was not logged as %s:\n%s", want, lines)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Check(alice); err == nil {
		t.Error("a token that was removed is taken")
	}
}

func TestTheFileOfTokensHoldsNoSecret(t *testing.T) {
	path, alice, _ := tokensFile(t)
	text, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(text), alice) || !strings.HasPrefix(string(text), "alice admin sha256:") {
		t.Errorf("%s, %v", text, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	_, again, err := NewToken("alice", Read, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if err := AddToken(path, again); err == nil || !strings.Contains(err.Error(), "alice has a token in line 1") {
		t.Errorf("two of one name: %v", err)
	}
	for _, name := range []string{"", "a b", "#a", strings.Repeat("a", 65), "a\n"} {
		if _, _, err := NewToken(name, Read, time.Time{}); err == nil {
			t.Errorf("a token for %q", name)
		}
	}
	if _, _, err := NewToken("a", "root", time.Time{}); err == nil {
		t.Error("a token for an unknown role")
	}
}

func TestMistakesInTheFileOfTokens(t *testing.T) {
	hash := "sha256:" + strings.Repeat("0a", 32)
	for text, want := range map[string]string{
		"# fine\n\n  a read " + hash + "\nb admin " + hash + " 2030-01-31T00:00:00+01:00\r\n": "",
		"a read":                              "t:1: a token is name, role, hash",
		"a read " + hash + " never":           "t:1: a expires at \"never\"",
		"a root " + hash:                      "t:1: there is no role \"root\", but read, operate and admin",
		"\na read " + hash[:20]:               "t:2: the hash of a is not",
		"a read " + hash[7:]:                  "t:1: the hash of a is not",
		"/ read " + hash:                      "t:1: \"/\" can't name a token",
		"a read " + hash + "\na read " + hash: "t:2: a has a token in line 1",
	} {
		_, err := ParseTokens("t", text)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestRoles(t *testing.T) {
	ordered := []Role{Read, Operate, Admin}
	for i, has := range ordered {
		for j, needs := range ordered {
			if has.Allows(needs) != (i >= j) {
				t.Errorf("%s allows %s: %t", has, needs, has.Allows(needs))
			}
		}
		if has.Allows("") || Role("").Allows(has) || has.Allows("root") {
			t.Errorf("%s and what is no role", has)
		}
	}
}

// FuzzParseTokens: whatever is in the file, it is tokens, whose lines mean the same, or an error.
func FuzzParseTokens(f *testing.F) {
	f.Add("# who\nalice admin sha256:" + strings.Repeat("0a", 32) + " 2030-01-31T00:00:00Z\nbob read sha256:" + strings.Repeat("ff", 32))
	f.Add("a read b")
	f.Fuzz(func(t *testing.T, text string) {
		tokens, err := ParseTokens("t", text)
		if err != nil {
			return
		}
		var lines strings.Builder
		for _, token := range tokens {
			lines.WriteString(token.String() + "\n")
		}
		again, err := ParseTokens("t", lines.String())
		if err != nil || len(again) != len(tokens) {
			t.Fatalf("%s: %v", lines.String(), err)
		}
		for i := range again {
			if again[i].String() != tokens[i].String() {
				t.Fatalf("%s became %s", tokens[i], again[i])
			}
		}
	})
}
