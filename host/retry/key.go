package retry

import "crypto/sha256"

// longestKey is how long an id may be to be its own key.
const longestKey = 64

// Key is what messages with an id are told apart by. kind sets apart ids of different kinds.
func Key(kind string, id []byte) string {
	if len(id) <= longestKey {
		return kind + string(id)
	}
	hash := sha256.Sum256(id)
	return kind + "#" + string(hash[:])
}
