package identity

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
)

// keySize is that of a key in bytes: AES-256.
const keySize = 32

// NewKey draws a key for a cluster's gossip: 32 random bytes in base64, 44 characters.
func NewKey() string {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // it never fails
	return base64.StdEncoding.EncodeToString(key)
}

// ReadKeys reads a file of keys; see ParseKeys.
func ReadKeys(path string) ([][]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the key of the gossip: %w", err)
	}
	return ParseKeys(path, string(text))
}

// ParseKeys reads keys, one a line; lines that are blank or begin with # do not count. The first encrypts, and all decrypt:
// a new key is brought in as the second line of every agent, then made the first of every agent, then left alone. Errors
// name the line of path, and never what is in it.
func ParseKeys(path, text string) ([][]byte, error) {
	var keys [][]byte
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		key, err := base64.StdEncoding.Strict().DecodeString(line)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s:%d: this is no key, which is 44 characters of base64: make one with gstorm keygen", path, i+1)
		case len(key) != keySize:
			return nil, fmt.Errorf("%s:%d: the key has %d bytes, it must have %d: make one with gstorm keygen", path, i+1, len(key), keySize)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%s holds no key: make one with gstorm keygen", path)
	}
	return keys, nil
}
