package identity

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// sealScheme begins a seal as the value of an Authorization header.
const sealScheme = "Member "

// sealLimit is how far the clocks of two members may be apart.
const sealLimit = 5 * time.Minute

// Seal is how members know each other where there is no TLS: by what only who has the key of the gossip can write below a
// request. It keeps out those who do not belong there (agents of another cluster, programs at the wrong port, people without
// a token). It does not keep secrets, and what travels below it can be changed: that is what TLS is for, and the settings
// ask for it on any network that was not declared to be trusted. An agent that has certificates takes no seals: else the key
// of the gossip would be worth as much as a certificate.
//
// A seal is an HMAC over what it is for and when, not the derived secret itself: what somebody finds in a log, or hears on
// the way, opens the same door for five minutes and no other. There is no list of seals that were used: a request of a
// member must be safe to repeat anyway, since members repeat them.
type Seal struct{ secrets [][]byte }

// NewSeal derives the seals' secrets from the keys of the gossip: the first seals, all are known, as with the gossip.
func NewSeal(keys [][]byte) (*Seal, error) {
	s := &Seal{}
	for _, key := range keys {
		secret, err := hkdf.Key(sha256.New, key, nil, "gstorm member 1", sha256.Size)
		if err != nil {
			return nil, err
		}
		s.secrets = append(s.secrets, secret)
	}
	if len(s.secrets) == 0 {
		return nil, errors.New("no key to know members by")
	}
	return s, nil
}

// Sign makes the value of an Authorization header for one purpose: method and path of a request, say.
func (s *Seal) Sign(purpose string, now time.Time) string {
	at := strconv.FormatInt(now.Unix(), 10)
	return sealScheme + at + " " + base64.RawURLEncoding.EncodeToString(mac(s.secrets[0], at, purpose))
}

// Verify returns nil if the header was made by a member, for this purpose and not long ago. The error is for the log.
func (s *Seal) Verify(header, purpose string, now time.Time) error {
	rest, ours := strings.CutPrefix(header, sealScheme)
	at, sum, _ := strings.Cut(rest, " ")
	seconds, err := strconv.ParseInt(at, 10, 64)
	got, err2 := base64.RawURLEncoding.Strict().DecodeString(sum)
	if !ours || err != nil || err2 != nil {
		return errors.New("this is no seal of a member")
	}
	known := false
	for _, secret := range s.secrets {
		known = hmac.Equal(got, mac(secret, at, purpose)) || known
	}
	if !known {
		return errors.New("the seal was not made with a key of this cluster, or is for something else")
	}
	if off := now.Sub(time.Unix(seconds, 0)).Abs(); off > sealLimit {
		return fmt.Errorf("the seal is %s off, at most %s can be: set the machines' clocks", off.Round(time.Second), sealLimit)
	}
	return nil
}

func mac(secret []byte, at, purpose string) []byte {
	h := hmac.New(sha256.New, secret)
	_, _ = h.Write([]byte(at + " " + purpose)) // it never fails; at has no blank
	return h.Sum(nil)
}
