package route

// exponentLimit is the power of ten from which on numbers are no longer told apart by their power. It is half of
// exponentMax, where reading an exponent stops: the digits of a number shift its power by less than the length of its
// text, so a number whose exponent was cut off is beyond the limit however it is written.
const (
	exponentMax   = 1 << 58
	exponentLimit = exponentMax / 2
)

// number hashes a decimal number by its value. Its canonical form is a sign, the digits without zeros at either end, and
// the power of ten of the last digit; zero has no digits. The value itself, which may be 1e400 or have a million digits,
// is never built.
type number struct {
	hash     uint64 // of the digits up to the last that is not 0; begins as seedNumber
	negative bool
	digits   bool  // a digit other than 0 was seen
	zeros    int   // since the last digit other than 0
	fraction int64 // digits behind the point
	exponent int64 // as written
}

// digit adds the next digit, in front of the point or behind it.
func (n *number) digit(c byte) {
	if c == '0' {
		if n.digits {
			n.zeros++
		}
		return
	}
	for ; n.zeros > 0; n.zeros-- {
		n.hash = addByte(n.hash, '0')
	}
	n.hash = addByte(n.hash, c)
	n.digits = true
}

// exponentDigit adds the next digit of the exponent's absolute value.
func (n *number) exponentDigit(c byte) {
	n.exponent = min(n.exponent*10+int64(c-'0'), exponentMax)
}

func (n *number) sum() uint64 {
	if !n.digits {
		return mix(seedNumber)
	}
	power := n.exponent + int64(n.zeros) - n.fraction
	power = max(-exponentLimit, min(power, exponentLimit))
	h := addElement(n.hash, uint64(power))
	if n.negative {
		return mix(^h)
	}
	return h
}
