package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// secretPrefix begins every token, so that people, and programs that look for secrets where they should not be, know one.
const secretPrefix = "gstorm_"

// secretLength is that of a token: the prefix and 32 bytes in base64.
const secretLength = len(secretPrefix) + 43

// hashPrefix begins a hash in the file of tokens.
const hashPrefix = "sha256:"

// tokenName is what a token can be called.
var tokenName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)

// Token is a token as agents know it: by its hash. It is the plain SHA-256, since there is nothing to guess: a token has 256
// random bits, and slow, salted hashes are for what people think of.
type Token struct {
	Name    string // whose it is, or what for
	Role    Role
	Expires time.Time // zero: never
	hash    [sha256.Size]byte
}

// NewToken draws a token. The secret is what its bearer shows; nobody can find it out again.
func NewToken(name string, role Role, expires time.Time) (secret string, t Token, err error) {
	if !tokenName.MatchString(name) {
		return "", t, fmt.Errorf("%q can't name a token: expected letters, digits and . _ @ -, 64 at most", name)
	}
	if _, err := ParseRole(string(role)); err != nil {
		return "", t, err
	}
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // it never fails
	secret = secretPrefix + base64.RawURLEncoding.EncodeToString(key)
	return secret, Token{Name: name, Role: role, Expires: expires.UTC().Truncate(time.Second), hash: sha256.Sum256([]byte(secret))}, nil
}

// String is the token's line in the file of tokens.
func (t Token) String() string {
	line := fmt.Sprintf("%s %s %s%x", t.Name, t.Role, hashPrefix, t.hash)
	if !t.Expires.IsZero() {
		line += " " + t.Expires.Format(time.RFC3339)
	}
	return line
}

// ParseTokens reads the text of a file of tokens: a line each, with name, role, hash and, if it has one, the time when it
// expires (RFC 3339), separated by blanks. Lines that are blank or begin with # do not count. Errors name the line of path.
func ParseTokens(path, text string) ([]Token, error) {
	var tokens []Token
	lines := map[string]int{}
	for i, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || words[0][0] == '#' {
			continue
		}
		t, err := parseToken(words)
		if err == nil && lines[t.Name] > 0 {
			err = fmt.Errorf("%s has a token in line %d", t.Name, lines[t.Name])
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
		lines[t.Name] = i + 1
		tokens = append(tokens, t)
	}
	return tokens, nil
}

func parseToken(words []string) (t Token, err error) {
	if len(words) != 3 && len(words) != 4 {
		return t, fmt.Errorf("a token is name, role, hash and perhaps when it expires, not %d words: make one with gstorm token new", len(words))
	}
	if t.Name = words[0]; !tokenName.MatchString(t.Name) {
		return t, fmt.Errorf("%q can't name a token", t.Name)
	}
	if t.Role, err = ParseRole(words[1]); err != nil {
		return t, err
	}
	sum, err := hex.DecodeString(strings.TrimPrefix(words[2], hashPrefix))
	if err != nil || len(sum) != sha256.Size || !strings.HasPrefix(words[2], hashPrefix) {
		return t, fmt.Errorf("the hash of %s is not %s and 64 hexadecimal digits: make a token with gstorm token new", t.Name, hashPrefix)
	}
	copy(t.hash[:], sum)
	if len(words) == 4 {
		if t.Expires, err = time.Parse(time.RFC3339, words[3]); err != nil {
			return t, fmt.Errorf("%s expires at %q, which is no time like 2030-01-31T00:00:00Z", t.Name, words[3])
		}
		t.Expires = t.Expires.UTC()
	}
	return t, nil
}
