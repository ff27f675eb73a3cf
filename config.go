package gstorm

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"strconv"
	"strings"
	"time"
)

// Config is a configuration by Storm's keys. Keys that nobody knows are kept and reach the components. A nil value
// means that the key is not set, as in Storm.
type Config map[string]any

// Merge returns a new configuration with over's keys on top of c's.
func (c Config) Merge(over Config) Config {
	out := make(Config, len(c)+len(over))
	maps.Copy(out, c)
	maps.Copy(out, over)
	return out
}

// Int returns a whole number. ok is false where the key is not set; a value of another type is an error that names the
// key.
func (c Config) Int(key string) (n int, ok bool, err error) {
	v := c[key]
	if v == nil {
		return 0, false, nil
	}
	if s, isString := v.(string); isString {
		v = json.Number(strings.TrimSpace(s))
	}
	whole, isWhole := wholeNumber(v)
	if !isWhole || whole > math.MaxInt || whole < math.MinInt {
		return 0, false, fmt.Errorf("%s is %v, not a whole number", key, c[key])
	}
	return int(whole), true, nil
}

// Bool returns a truth value; "true" and "false" count as such.
func (c Config) Bool(key string) (value, ok bool, err error) {
	switch v := c[key].(type) {
	case nil:
		return false, false, nil
	case bool:
		return v, true, nil
	case string:
		if b, err := strconv.ParseBool(v); err == nil {
			return b, true, nil
		}
	}
	return false, false, fmt.Errorf("%s is %v, not true or false", key, c[key])
}

// Strings returns a list of texts; a single text counts as a list of one.
func (c Config) Strings(key string) (list []string, ok bool, err error) {
	switch v := c[key].(type) {
	case nil:
		return nil, false, nil
	case string:
		return []string{v}, true, nil
	case []string:
		return v, true, nil
	case []any:
		for _, item := range v {
			text, isText := item.(string)
			if !isText {
				return nil, false, fmt.Errorf("%s has %v in it, not a text", key, item)
			}
			list = append(list, text)
		}
		return list, true, nil
	}
	return nil, false, fmt.Errorf("%s is %v, not a list of texts", key, c[key])
}

// Seconds returns a duration that is written as a number of seconds (Storm's *.secs keys), whole or not.
func (c Config) Seconds(key string) (d time.Duration, ok bool, err error) {
	v := c[key]
	if v == nil {
		return 0, false, nil
	}
	var secs float64
	switch v := v.(type) {
	case float64:
		secs = v
	case float32:
		secs = float64(v)
	case json.Number:
		secs, err = v.Float64()
	case string:
		secs, err = strconv.ParseFloat(strings.TrimSpace(v), 64)
	default:
		whole, isWhole := wholeNumber(v)
		if !isWhole {
			err = strconv.ErrSyntax
		}
		secs = float64(whole)
	}
	if err != nil || secs != secs || math.Abs(secs) > float64(math.MaxInt64/int64(time.Second)) {
		return 0, false, fmt.Errorf("%s is %v, not a number of seconds", key, c[key])
	}
	return time.Duration(secs * float64(time.Second)), true, nil
}

// ParseSetting reads "key=value" as the command line gives it. The value is JSON where it can be read as JSON, else the
// text itself: 10 is a number, true a truth value, abc a string, "10" (with the quotes) a string.
func ParseSetting(s string) (key string, value any, err error) {
	key, text, found := strings.Cut(s, "=")
	if !found || key == "" {
		return "", nil, fmt.Errorf("setting %q is not of the form key=value", s)
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return key, text, nil
	}
	if _, err := d.Token(); err != io.EOF { // something stands behind the value
		return key, text, nil
	}
	return key, value, nil
}
