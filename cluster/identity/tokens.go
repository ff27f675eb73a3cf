package identity

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"
)

// Tokens are the tokens of a file. Its methods may be called from any goroutine. A line that is added or removed holds from
// the next Check on.
type Tokens struct{ all *watched[[]Token] }

// Identity is who made a request.
type Identity struct {
	Name string
	Role Role
}

// TokenError is why a token was refused, for the log. Whoever showed it is only told that it was: a hint would be one for
// those who try.
type TokenError struct{ Reason string }

// Error is the reason.
func (e *TokenError) Error() string { return e.Reason }

// OpenTokens reads a file of tokens; see ParseTokens.
func OpenTokens(path string, log *slog.Logger) (*Tokens, error) {
	all, err := watch(log, func() ([]Token, error) { return readTokens(path) }, path)
	if err != nil {
		return nil, err
	}
	return &Tokens{all}, nil
}

func readTokens(path string) ([]Token, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the tokens: %w", err)
	}
	return ParseTokens(path, string(text))
}

// Check returns who a token belongs to: what follows after Bearer in an Authorization header. The error is a *TokenError. The
// time that it takes does not depend on how much of a token was guessed.
func (t *Tokens) Check(secret string) (Identity, error) {
	if len(secret) != secretLength || !strings.HasPrefix(secret, secretPrefix) {
		return Identity{}, &TokenError{fmt.Sprintf("malformed: a token is %d characters and begins with %s", secretLength, secretPrefix)}
	}
	hash := sha256.Sum256([]byte(secret))
	var found *Token
	all := t.all.get()
	for i := range all {
		if subtle.ConstantTimeCompare(hash[:], all[i].hash[:]) == 1 {
			found = &all[i]
		}
	}
	switch {
	case found == nil:
		return Identity{}, &TokenError{fmt.Sprintf("unknown: no token has the hash %s%x", hashPrefix, hash)}
	case !found.Expires.IsZero() && !time.Now().Before(found.Expires):
		return Identity{}, &TokenError{fmt.Sprintf("expired: that of %s did on %s", found.Name, Day(found.Expires))}
	}
	return Identity{found.Name, found.Role}, nil
}

// AddToken writes a token at the end of a file of tokens, which is made if it is not there. It is an error if the file has a
// token of that name.
func AddToken(path string, t Token) error {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	line := t.String() + "\n"
	if len(text) > 0 && text[len(text)-1] != '\n' {
		line = "\n" + line
	}
	if _, err := ParseTokens(path, string(text)+line); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(line)
	return errors.Join(err, file.Sync(), file.Close())
}
