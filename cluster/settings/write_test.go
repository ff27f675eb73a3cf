package settings

import "testing"

// TestWhatIsWrittenIsRead writes what has to stand in quotes, and what need not, and reads the same from it.
func TestWhatIsWrittenIsRead(t *testing.T) {
	text := Write(map[string][]string{
		"data": {"/var/lib/it's # here: yes"}, "bind": {"[::1]:7760"}, "name": {"null"}, "tags": {"ssd", "a: b", "-"}, "join": {"10.0.0.1:7761", "n2"},
		"bootstrap": {"true"}, "slots": {"4"}, "cpu": {""}, "nothing": {"x"},
	})
	const want = `data: '/var/lib/it''s # here: yes'
bind: '[::1]:7760'
join: [10.0.0.1:7761, n2]
bootstrap: true
name: 'null'
slots: 4
tags: [ssd, 'a: b', '-']
`
	if text != want {
		t.Fatalf("written:\n%s", text)
	}
	s := load(t, sources(nil, nil, text))
	if s.Data != "/var/lib/it's # here: yes" || s.Bind != "[::1]:7760" || s.Name != "null" || len(s.Tags) != 3 || s.Tags[1] != "a: b" || s.Slots != 4 || !s.Bootstrap {
		t.Errorf("read: %+v", s)
	}
}
