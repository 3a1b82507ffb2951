package store

import (
	"errors"
	"io/fs"
	"slices"
	"syscall"

	"countersign/internal/review"
)

// Why a database cannot be used. Each is the end of a sentence that begins with the
// file or folder in question.
var (
	// ErrNewer is returned when the database was upgraded by a newer version of the program.
	ErrNewer = errors.New("was last used by a newer version of this program; please start that version")
	// ErrTooOld is returned when the database was made before there was a ledger, and never
	// upgraded since.
	ErrTooOld = errors.New("was made by a version that kept no ledger, which this program cannot upgrade")
	// ErrBehind is returned when steps of the schema are due, and whoever opens the database does
	// not take them.
	ErrBehind = errors.New("does not have the schema of this program yet; please run countersign migrate with it")
	// ErrDirty is returned when an upgrade broke off.
	ErrDirty = errors.New("was left half upgraded; please restore it from a backup")
	// ErrNotDatabase is returned when the file is something else than a database of this program.
	ErrNotDatabase = errors.New("is not a database of this program")
	// ErrReadOnly is returned when the file or its folder may not be written to.
	ErrReadOnly = errors.New("cannot be written to; please check the permissions of the file and its folder")
	// ErrNoFolder is returned when the folder in which a file should be is missing.
	ErrNoFolder = errors.New("does not exist; please make it or name another")
	// ErrDamaged is returned when the pages of a database do not fit together.
	ErrDamaged = errors.New("is damaged; please restore it from a backup")
	// ErrFull is returned when there is no space left.
	ErrFull = errors.New("could not be written because the disk is full")
	// ErrServed is returned when another server, or a command that takes long, has the database.
	ErrServed = errors.New("is in use by another server; please stop that one first")
	// ErrOtherName is returned when a server has the database by another of its names.
	ErrOtherName = errors.New("is in use by a server under another name; please give that name")
	// ErrWrittenElsewhere is returned when SQLite's log is beside another name of the file.
	ErrWrittenElsewhere = errors.New("has another name, under which it was written to last; please give that name")
	// ErrBusy is returned when another program holds the database.
	ErrBusy = errors.New("is held by another program; please try again")
	// ErrWrongKey is returned when the data-key file is that of another database.
	ErrWrongKey = errors.New("is not the data-key file with which this database was made; nothing was changed")
	// ErrNoKey is returned when there is a database but not its key.
	ErrNoKey = errors.New("is missing, and without it the texts in the database cannot be read; please put it back")
	// ErrLacksNewKey is returned when the data key is being changed, and the new one is not given.
	ErrLacksNewKey = errors.New("lacks the new data key, under which part of this database is sealed already; please give both keys, a line each")
	// ErrNoNewKey is returned when the data key was changed since the store was opened, and the
	// one that counts cannot be had.
	ErrNoNewKey = errors.New("the data key was changed, and the new one is not where the old one was found")
	// ErrBadKey is returned when the file holds something else than a data key.
	ErrBadKey = errors.New("is not a data-key file")
	// ErrKeyExposed is returned when others on this computer may read or write a secret.
	ErrKeyExposed = errors.New("can be read or written by other users of this computer; please run chmod 600 on it")
	// ErrFolderExposed is returned when others may write to the folder of the database.
	ErrFolderExposed = errors.New("can be written to by other users of this computer; please run chmod go-w on it, or keep the database in a folder of its own")
	// ErrNoSigningKey is returned when there is a ledger but not the key of its checkpoints.
	ErrNoSigningKey = errors.New("is missing, and it signs the checkpoints of this ledger; please put it back, or start once with --new-signing-key")
	// ErrOtherSigningKey is returned when the key is not that of the ledger's newest checkpoints.
	ErrOtherSigningKey = errors.New("is not the signing key of this ledger; please put that back, or start once with --new-signing-key")
	// ErrSigningKeyChanged is returned when the signing key was changed since the store was opened,
	// and the new one is not in the file.
	ErrSigningKeyChanged = errors.New("does not have the signing key that the ledger names last, so that nothing is signed; please put that there")
	// ErrBadSigningKey is returned when the file holds something else than a signing key.
	ErrBadSigningKey = errors.New("is not a signing-key file")
	// ErrNotFile is returned for a log that is a device, a pipe or a folder.
	ErrNotFile = errors.New("is not an ordinary file, so nothing written to it could be read again; please name one")
	// ErrNotLog is returned for a file that holds something else than checkpoints.
	ErrNotLog = errors.New("is not a checkpoint log; please name another file")
	// ErrUnreachable is returned when the server of the database does not answer, or ends the
	// connection.
	ErrUnreachable = errors.New("cannot be reached")
	// ErrStandby is returned when the server of the database takes nothing in.
	ErrStandby = errors.New("takes nothing in at the moment, as a standby does")
	// ErrSlow is returned when the server of the database gave a statement up that took too long.
	ErrSlow = errors.New("took too long to answer")
	// ErrConflict is returned when another server was in the way of a transaction, again and again.
	ErrConflict = errors.New("was being changed by another server at the same moment; please try again")
	// ErrSignIn is returned when the server of the database refuses the user or the password.
	ErrSignIn = errors.New("refused the user or the password")
	// ErrTLS is returned when the server of the database has no TLS, or a certificate that does not
	// hold for it.
	ErrTLS = errors.New("cannot be reached by TLS as it was asked for: its server has none, or a certificate that does not hold for it")
	// ErrNoDatabase is returned when the server has no database of that name.
	ErrNoDatabase = errors.New("does not exist on that server")
	// ErrNoRight is returned when the user of the database lacks a right.
	ErrNoRight = errors.New("does not let this user do that; please run countersign migrate as its owner, with --serving-role for the user that serves")
	// ErrNoSchema is returned when the user of the database sees no schema in it.
	ErrNoSchema = errors.New("has no schema that this user may use; please make one, or run countersign migrate as its owner, with --serving-role for the user that serves")
	// ErrDisk is returned when the disk does not do what it is asked.
	ErrDisk = errors.New("could not be read or written because the disk failed")
)

// fileError is one sentence for people about a file. What caused it can be found in it
// but is not said, since it is not in our words.
type fileError struct {
	what   string // the file or folder
	reason error  // one of those above
	cause  error
}

func (e *fileError) Error() string   { return e.what + " " + e.reason.Error() }
func (e *fileError) Unwrap() []error { return []error{e.reason, e.cause} }

// Is reports whether target is review.ErrNoDatabase, and the database may be there again by itself.
func (e *fileError) Is(target error) bool {
	return target == review.ErrNoDatabase && isPassing(e.reason)
}

// sentenceIn returns the sentence of ours in an error, without what was being done; the error
// itself where there is none.
func sentenceIn(err error) error {
	var sentence *fileError
	if errors.As(err, &sentence) {
		return sentence
	}
	return err
}

// describeError puts an error of the database or of the file system into our words, and leaves
// every other as it is.
func (s *Store) describeError(err error) error {
	if err == nil || isDescribed(err) {
		return err
	}
	if reason := s.engine.reasonOf(err); reason != nil {
		return &fileError{s.engine.name(), reason, err}
	}
	return err
}

func describeError(what string, err error) error {
	if reason := reasonOf(err); reason != nil {
		return &fileError{what, reason, err}
	}
	return err
}

// isDescribed reports whether err is in our words already.
func isDescribed(err error) bool {
	for _, known := range []error{
		ErrNewer, ErrTooOld, ErrBehind, ErrDirty, ErrNotDatabase, ErrReadOnly, ErrNoFolder, ErrDamaged, ErrFull, ErrServed, ErrBusy, ErrDisk,
		ErrUnreachable, ErrStandby, ErrSlow, ErrConflict, ErrSignIn, ErrTLS, ErrNoDatabase, ErrNoRight, ErrNoSchema, ErrPooled,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// diskFailed reports whether it is the disk that keeps something from being written.
func diskFailed(err error) bool {
	reason := reasonOf(err)
	return reason == ErrFull || reason == ErrDisk || errors.Is(err, ErrFull) || errors.Is(err, ErrDisk)
}

// isPassing reports whether a database that cannot be used for that reason may be there again
// without anybody doing something about Countersign.
func isPassing(reason error) bool {
	return slices.Contains([]error{ErrUnreachable, ErrTLS, ErrSignIn, ErrNoDatabase, ErrStandby, ErrSlow, ErrBusy, ErrConflict}, reason)
}

// databaseFailed reports whether it is the database, and not what was asked of it, that keeps a
// transaction from being written.
func databaseFailed(err error) bool {
	return errors.Is(err, review.ErrNoDatabase) || errors.Is(err, ErrNoRight) || diskFailed(err)
}

// reasonOf returns which of our errors an error of SQLite or of the file system is; nil for none.
func reasonOf(err error) error {
	if err == nil || isDescribed(err) {
		return nil
	}
	if reason, refused := classifySQLite(err); refused {
		return reason
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return ErrFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return ErrReadOnly
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrNotExist):
		return ErrNoFolder
	}
	return nil
}
