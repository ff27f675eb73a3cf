package route

// The hash is FNV-1a over what a scalar consists of, started differently for every kind of value, and then mixed so
// that all bits depend on all input (FNV's low bits alone are poor). Lists and maps combine the hashes of their elements.
// Changing any number here moves every key to another task: see TestHashIsStable.
const (
	fnvPrime = 0x100000001b3

	seedString = 0xcbf29ce484222325
	seedNumber = 0x9e3779b97f4a7c15
	seedList   = 0xc2b2ae3d27d4eb4f
	seedMap    = 0x165667b19e3779f9

	hashNull  = 0xd6e8feb86659fd93
	hashTrue  = 0xa0761d6478bd642f
	hashFalse = 0xe7037ed1a0b428db
)

// maxDepth is how deep lists and maps may be nested, the limit of encoding/json: it bounds the stack.
const maxDepth = 10_000

// Hash returns the canonical hash of the value that a JSON text holds. It fails if the text is not exactly one JSON
// value, or is nested deeper than 10,000 levels. It allocates nothing.
func Hash(json []byte) (uint64, error) {
	s := scanner{text: json}
	h, err := s.hash(0)
	if err != nil {
		return 0, err
	}
	s.space()
	if s.at < len(s.text) {
		return 0, s.unexpected()
	}
	return h, nil
}

// mix is a bijection in which every bit of the result depends on every bit of h (the finaliser of MurmurHash3).
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

func addByte(h uint64, b byte) uint64 { return (h ^ uint64(b)) * fnvPrime }

// addElement adds the next element to a list that was begun with seedList.
func addElement(h, element uint64) uint64 { return mix(h*fnvPrime ^ element) }

// entry is the hash of one entry of a map. A map is the sum of its entries, begun with seedMap: a sum has no order.
func entry(key, value uint64) uint64 { return mix(addElement(key, value) ^ seedMap) }

func hashBool(b bool) uint64 {
	if b {
		return hashTrue
	}
	return hashFalse
}
