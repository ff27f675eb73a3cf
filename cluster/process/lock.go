package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// lockName is the file in a folder that is locked by who works there.
const lockName = "lock"

const (
	// holdPatience is for how long Hold tries: who looks at a lock, or removes a folder, has it for a moment.
	holdPatience = 200 * time.Millisecond
	holdEvery    = 5 * time.Millisecond
)

// HeldError says that another process works in a folder.
type HeldError struct {
	Folder string
	PID    int // 0: not known
}

// Error names both.
func (e *HeldError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("another process works in %s", e.Folder)
	}
	return fmt.Sprintf("process %d works in %s", e.PID, e.Folder)
}

// Hold is called by a worker process first of all: it takes the lock of the worker's folder, until release is called or the
// process ends, however it does. The processes that it starts do not have it. The error is a *HeldError if another process
// has it: this one must end then, and has done nothing.
func Hold(folder string) (release func(), err error) {
	for until := time.Now().Add(holdPatience); ; time.Sleep(holdEvery) {
		fd, err := lock(folder)
		if err == nil {
			if err = writePID(fd); err != nil {
				return nil, errors.Join(fmt.Errorf("lock of %s: %w", folder, err), unix.Close(fd))
			}
			return sync.OnceFunc(func() { _ = unix.Close(fd) }), nil
		}
		if _, held := errors.AsType[*HeldError](err); !held || time.Now().After(until) {
			return nil, err
		}
	}
}

// lock takes the lock of a folder. It is a plain descriptor: an os.File would be closed, and the lock be lost, when nobody
// refers to it any more.
func lock(folder string) (fd int, err error) {
	path := filepath.Join(folder, lockName)
	fd, err = unix.Open(path, unix.O_RDWR|unix.O_CREAT|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return -1, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	var mine, there unix.Stat_t
	err = flock(fd, unix.LOCK_EX)
	if err == nil {
		err = unix.Fstat(fd, &mine)
	}
	if err == nil {
		err = unix.Stat(path, &there)
	}
	switch {
	case err == unix.EWOULDBLOCK:
		err = &HeldError{folder, readPID(path)}
	case err != nil:
		err = &fs.PathError{Op: "lock", Path: path, Err: err}
	case mine.Dev != there.Dev || mine.Ino != there.Ino:
		err = &HeldError{Folder: folder} // it was removed meanwhile, with its folder, and there is another
	default:
		return fd, nil
	}
	return -1, errors.Join(err, unix.Close(fd))
}

// flock locks or fails with EWOULDBLOCK.
func flock(fd, how int) error {
	for {
		if err := unix.Flock(fd, how|unix.LOCK_NB); err != unix.EINTR {
			return err
		}
	}
}

// look reports whether somebody holds the lock of a folder, and who: 0 if that is not to be read yet.
func look(folder string) (pid int, held bool, err error) {
	path := filepath.Join(folder, lockName)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	defer func() { _ = file.Close() }() // nothing was written
	switch err = flock(int(file.Fd()), unix.LOCK_SH); err {
	case unix.EWOULDBLOCK:
		return readPID(path), true, nil
	case nil:
		return 0, false, nil
	}
	return 0, false, &fs.PathError{Op: "lock", Path: path, Err: err}
}

func writePID(fd int) error {
	if err := unix.Ftruncate(fd, 0); err != nil {
		return err
	}
	_, err := unix.Pwrite(fd, []byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// readPID is 0 where there is nothing that can be the id of a worker's process.
func readPID(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid <= 1 {
		return 0
	}
	return pid
}
