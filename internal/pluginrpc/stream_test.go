package pluginrpc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// dialer connects to a server of a Component over a Unix socket, as go-plugin does.
func dialer(t *testing.T, serve func(ctx context.Context, s *Stream) error) Dialer {
	t.Helper()
	dir, err := os.MkdirTemp("", "rpc") // t.TempDir's path may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	component := &Component{Serve: serve}
	server := NewServer(nil)
	if err := component.GRPCServer(nil, server); err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	conn, err := grpc.NewClient("unix:"+listener.Addr().String(), append(DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		server.Stop()
		serving.Wait()
	})
	raw, err := component.GRPCClient(context.Background(), nil, conn)
	if err != nil {
		t.Fatal(err)
	}
	return raw.(Dialer)
}

// echo sends back what comes.
func echo(_ context.Context, s *Stream) error {
	_, err := io.Copy(s, s)
	return err
}

// TestABigMessageArrivesWhole: what is larger than a message of gRPC may be, in pieces of any size.
func TestABigMessageArrivesWhole(t *testing.T) {
	d := dialer(t, echo)
	s, err := d.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
	var writing sync.WaitGroup
	writing.Go(func() {
		if n, err := s.Write(sent); n != len(sent) || err != nil {
			t.Errorf("%d bytes written, %v", n, err)
		}
		if err := s.CloseWrite(); err != nil {
			t.Error(err)
		}
	})
	got, err := io.ReadAll(s)
	writing.Wait()
	if err != nil || sha256.Sum256(got) != sha256.Sum256(sent) {
		t.Errorf("%d bytes came back of %d, %v", len(got), len(sent), err)
	}
}

// TestWhatWasSaidBeforeTheEndArrives also where the process's side ends with an error.
func TestWhatWasSaidBeforeTheEndArrives(t *testing.T) {
	d := dialer(t, func(_ context.Context, s *Stream) error {
		if _, err := s.Write(make([]byte, 100_000)); err != nil {
			return err
		}
		return fmt.Errorf("on purpose")
	})
	s, err := d.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, s)
	if n != 100_000 || err == nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// TestManyStreams has 512 conversations over one connection, each with its own bytes, as versions of gRPC have come to a
// stand there. STREAMS says for how long; it is two seconds unless set.
func TestManyStreams(t *testing.T) {
	length := 2 * time.Second
	if text := os.Getenv("STREAMS"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	d := dialer(t, echo)
	ctx, cancel := context.WithTimeout(context.Background(), length+time.Minute)
	defer cancel()
	var messages, volume atomic.Int64
	until := time.Now().Add(length)
	var streams sync.WaitGroup
	for i := range 512 {
		streams.Go(func() {
			if err := talk(ctx, d, uint64(i), until, &messages, &volume); err != nil {
				t.Errorf("stream %d: %v", i, err)
			}
		})
	}
	streams.Wait()
	t.Logf("%d messages, %d MB each way", messages.Load(), volume.Load()>>20)
}

// talk sends messages of any size on one stream and compares what comes back.
func talk(ctx context.Context, d Dialer, seed uint64, until time.Time, messages, volume *atomic.Int64) error {
	s, err := d.Dial(ctx)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(seed, 1))
	sent, got := make([]byte, 100_000), make([]byte, 100_000)
	for first := true; first || time.Now().Before(until); first = false {
		n := 1 + random.IntN(1000)
		if random.IntN(20) == 0 {
			n = 1 + random.IntN(len(sent))
		}
		for i := range sent[:n] {
			sent[i] = byte(random.Uint32())
		}
		if _, err := s.Write(sent[:n]); err != nil {
			return err
		}
		if _, err := io.ReadFull(s, got[:n]); err != nil {
			return err
		}
		if !bytes.Equal(sent[:n], got[:n]) {
			return fmt.Errorf("%d bytes came back as others", n)
		}
		messages.Add(1)
		volume.Add(int64(n))
	}
	if err := s.CloseWrite(); err != nil {
		return err
	}
	if _, err := s.Read(got); err != io.EOF {
		return fmt.Errorf("its end is %v", err)
	}
	return nil
}
