package multilang

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a host writes, byte for byte.
func TestWriterFrames(t *testing.T) {
	tests := []struct {
		name string
		got  []byte
		want string
	}{
		{"tuple", AppendTuple(nil, 17, "split", "default", 3, []byte(`["a",1.0]`)), `{"id":"17","comp":"split","stream":"default","task":3,"tuple":["a",1.0]}`},
		{"tuple with odd names", AppendTuple(nil, 1<<64-1, "é\"", "a\nb", 0, []byte(`[]`)), `{"id":"18446744073709551615","comp":"\u00e9\"","stream":"a\nb","task":0,"tuple":[]}`},
		{"tuple without values", AppendTuple(nil, 1, "c", "s", 1, nil), `{"id":"1","comp":"c","stream":"s","task":1,"tuple":[]}`},
		{"batch", AppendBatchEnd(AppendBatched(AppendBatched(AppendBatch(nil, 17, "split", "default", 3), 0, []byte(`["a"]`)), 1, nil)),
			`{"first":17,"comp":"split","stream":"default","task":3,"batch":[["a"],[]]}`},
		{"tick", AppendTick(nil, 5, 60), `{"id":"5","comp":"__system","stream":"__tick","task":-1,"tuple":[60]}`},
		{"heartbeat", AppendHeartbeat(nil, 7), `{"id":"7","comp":null,"stream":"__heartbeat","task":-1,"tuple":[]}`},
		{"task ids", AppendTaskIDs(nil, []int32{3, 4}), `[3,4]`},
		{"no task ids", AppendTaskIDs(nil, nil), `[]`},
		{"next", AppendNext(nil), `{"command":"next","id":""}`},
		{"credit", AppendCredit(nil, 100, [][]byte{[]byte(`1`), []byte(`"x"`)}, [][]byte{[]byte(`{"a":1}`)}),
			`{"command":"next","id":"","n":100,"acks":[1,"x"],"fails":[{"a":1}]}`},
		{"credit for nothing", AppendCredit(nil, 0, nil, nil), `{"command":"next","id":"","n":0}`},
		{"activate", AppendActivate(nil), `{"command":"activate","id":""}`},
		{"deactivate", AppendDeactivate(nil), `{"command":"deactivate","id":""}`},
		{"ack", AppendSpoutAck(nil, []byte(`0`)), `{"command":"ack","id":0}`},
		{"fail", AppendSpoutFail(nil, []byte(`{"a":1}`)), `{"command":"fail","id":{"a":1}}`},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want+"\nend\n", string(test.got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// A spout gets back the id that it gave: the same value of the same type.
func TestSpoutIDComesBack(t *testing.T) {
	for _, id := range []string{`0`, `""`, `false`, `1.0`, `{"a":1}`, `[1]`, `"7"`, `12345678901234567890`} {
		r := NewReader(strings.NewReader(`{"command":"emit","tuple":[],"id":`+id+"}\nend\n"), ReaderOptions{})
		var m Message
		if err := r.Next(&m); err != nil {
			t.Fatal(err)
		}
		if got, want := string(AppendSpoutAck(nil, m.ID)), `{"command":"ack","id":`+id+"}\nend\n"; got != want {
			t.Errorf("id %s comes back as %s", id, got)
		}
	}
}

// Writing a batch into a buffer that has room allocates nothing.
func TestWriterAllocatesNothing(t *testing.T) {
	values, ids := []byte(`["a",1]`), []int32{1, 2, 3}
	acked := [][]byte{values, values}
	dst := make([]byte, 0, 4096)
	n := testing.AllocsPerRun(100, func() {
		b := AppendTuple(dst, 17, "split", "default", 3, values)
		b = AppendHeartbeat(b, 18)
		b = AppendTaskIDs(b, ids)
		b = AppendSpoutAck(b, values)
		b = AppendTick(b, 19, 60)
		b = AppendBatchEnd(AppendBatched(AppendBatch(b, 20, "split", "default", 3), 0, values))
		AppendCredit(b, 7, acked, acked)
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
