package store

import (
	"context"
	"database/sql"

	"countersign/internal/account"
	"countersign/internal/review"
)

// credentialChange says what an account signs in with after a change, given what the
// record had of it before: nil where that is not known. What a change leaves as it was is
// taken from the record and never from the row, or a password that was planted in the file
// would be on record after the next change of a role.
type credentialChange func(before *account.Credentials) *account.Credentials

// newPassword is another password; links are void with it.
func newPassword(hash string) credentialChange {
	return func(before *account.Credentials) *account.Credentials {
		return &account.Credentials{Password: account.PasswordDigest(hash), Factors: factorsOf(before)}
	}
}

// rehashedPassword is another hash of the same password; all else stays.
func rehashedPassword(hash string) credentialChange {
	return func(before *account.Credentials) *account.Credentials {
		if before == nil {
			return nil
		}
		after := *before
		after.Password = account.PasswordDigest(hash)
		return &after
	}
}

// newLink is no password, and a link to choose one.
func newLink(digest string) credentialChange {
	return func(before *account.Credentials) *account.Credentials {
		return &account.Credentials{Link: digest, Factors: factorsOf(before)}
	}
}

// newFactors is other second factors or recovery codes, by their digest.
func newFactors(digest string) credentialChange {
	return func(before *account.Credentials) *account.Credentials {
		if before == nil {
			return nil
		}
		after := *before
		after.Factors = digest
		return &after
	}
}

func factorsOf(before *account.Credentials) string {
	if before == nil {
		return ""
	}
	return before.Factors
}

func sameCredentials(before *account.Credentials) *account.Credentials { return before }

func withoutLink(before *account.Credentials) *account.Credentials {
	if before == nil {
		return nil
	}
	return &account.Credentials{Password: before.Password, Factors: before.Factors}
}

// knownCredentials returns what the record has of how an account signs in; nil when it has
// nothing.
func knownCredentials(ctx context.Context, tx *sql.Tx, id int64) (*account.Credentials, error) {
	list, err := accountEntries(ctx, tx, id, 0)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	facts, err := review.ParseFacts(list[len(list)-1].Entry)
	return facts.Credentials, err
}
