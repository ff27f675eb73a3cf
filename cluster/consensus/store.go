package consensus

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/raft"
	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// store is raft's log and its few other facts (term, vote), in one bbolt file. It is a raft.LogStore and a
// raft.StableStore. What has been stored is on the disk: bbolt syncs at each commit.
type store struct{ db *bolt.DB }

var (
	logBucket    = []byte("log")    // by index, big endian, so that bbolt's order is the log's
	stableBucket = []byte("stable") // by raft's names
)

// errNoSuchKey has the text that raft looks for: a key of a StableStore that was never set.
var errNoSuchKey = errors.New("not found")

// lockWait is how long to wait for another process that has the file open.
const lockWait = time.Second

func openStore(path string) (*store, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockWait})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("%s is in use: does another agent run with the same data folder?", path)
	case err != nil:
		return nil, fmt.Errorf("%s can't be opened: %w", path, err)
	}
	s := &store{db}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range [][]byte{logBucket, stableBucket} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), db.Close())
	}
	return s, nil
}

func (s *store) close() error { return s.db.Close() }

func indexKey(index uint64) []byte { return binary.BigEndian.AppendUint64(nil, index) }

// FirstIndex is that of the oldest entry; 0: there is none.
func (s *store) FirstIndex() (uint64, error) { return s.end((*bolt.Cursor).First) }

// LastIndex is that of the newest entry; 0: there is none.
func (s *store) LastIndex() (uint64, error) { return s.end((*bolt.Cursor).Last) }

func (s *store) end(move func(*bolt.Cursor) (key, value []byte)) (index uint64, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		if key, _ := move(tx.Bucket(logBucket).Cursor()); key != nil {
			index = binary.BigEndian.Uint64(key)
		}
		return nil
	})
	return index, err
}

// GetLog reads an entry; raft.ErrLogNotFound: there is none at this index.
func (s *store) GetLog(index uint64, log *raft.Log) error {
	return s.db.View(func(tx *bolt.Tx) error {
		value := tx.Bucket(logBucket).Get(indexKey(index))
		if value == nil {
			return raft.ErrLogNotFound
		}
		if err := decodeLog(value, log); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		return nil
	})
}

// StoreLog stores one entry.
func (s *store) StoreLog(log *raft.Log) error { return s.StoreLogs([]*raft.Log{log}) }

// StoreLogs stores entries, all or none.
func (s *store) StoreLogs(logs []*raft.Log) error {
	return s.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(logBucket)
		b.FillPercent = 0.9 // indexes only grow
		for _, log := range logs {
			if err := b.Put(indexKey(log.Index), encodeLog(log)); err != nil {
				return err
			}
		}
		return nil
	})
}

// DeleteRange deletes the entries from least to most.
func (s *store) DeleteRange(least, most uint64) error {
	return s.db.Update(func(tx *bolt.Tx) error {
		c := tx.Bucket(logBucket).Cursor()
		for key, _ := c.Seek(indexKey(least)); key != nil && binary.BigEndian.Uint64(key) <= most; key, _ = c.Seek(indexKey(least)) {
			if err := c.Delete(); err != nil {
				return err
			}
		}
		return nil
	})
}

// Set sets a fact.
func (s *store) Set(key, value []byte) error {
	return s.db.Update(func(tx *bolt.Tx) error { return tx.Bucket(stableBucket).Put(key, value) })
}

// Get is a fact; errNoSuchKey: it was never set.
func (s *store) Get(key []byte) (value []byte, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		found := tx.Bucket(stableBucket).Get(key)
		if found == nil {
			return errNoSuchKey
		}
		value = append([]byte{}, found...)
		return nil
	})
	return value, err
}

// SetUint64 is Set for a number.
func (s *store) SetUint64(key []byte, value uint64) error {
	return s.Set(key, binary.BigEndian.AppendUint64(nil, value))
}

// GetUint64 is Get for a number.
func (s *store) GetUint64(key []byte) (uint64, error) {
	value, err := s.Get(key)
	switch {
	case err != nil:
		return 0, err
	case len(value) != 8:
		return 0, fmt.Errorf("%q is not a number of 8 bytes", key)
	}
	return binary.BigEndian.Uint64(value), nil
}
