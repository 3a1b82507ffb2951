package store

import (
	"context"
	"database/sql"
	"fmt"

	"countersign/internal/account"
	"countersign/internal/review"
)

// logFactors enters into the ledger that the second factors or recovery codes of an account
// changed, with what they are now. It comes last in the transaction that changes them.
func (s *Store) logFactors(ctx context.Context, tx *sql.Tx, owner int64, c account.ChangedBy, facts review.Facts) error {
	known, err := factorDigests(ctx, tx, owner)
	if err != nil {
		return err
	}
	return s.logFacts(ctx, tx, owner, changeEntry(c, facts), newFactors(known[owner]))
}

// hasSecondFactor is the condition that an account has a second factor, whose ID is in a column or
// behind a placeholder.
func hasSecondFactor(id string) string {
	return `(EXISTS (SELECT 1 FROM passkeys WHERE passkeys.account = ` + id + `)
		OR EXISTS (SELECT 1 FROM code_secrets WHERE code_secrets.account = ` + id + ` AND code_secrets.confirmed_at IS NOT NULL))`
}

// factorColumns are what the account of a row has to prove who its person is.
const factorColumns = `(SELECT count(*) FROM passkeys WHERE passkeys.account = accounts.id),
	EXISTS (SELECT 1 FROM code_secrets WHERE code_secrets.account = accounts.id AND confirmed_at IS NOT NULL),
	(SELECT count(*) FROM recovery_codes WHERE recovery_codes.account = accounts.id AND recovery_codes.used_at IS NULL)`

func factorTargets(f *account.Factors) []any { return []any{&f.Passkeys, &f.Code, &f.Recovery} }

// TakeFactors removes all that an account has to prove who its person is besides the password;
// see account.RequestStore.
func (s *Store) TakeFactors(ctx context.Context, key, reason string, c account.ChangedBy) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return s.deleteFactors(ctx, tx, key, reason, c) })
	if err != nil {
		return fmt.Errorf("store: remove factors: %w", err)
	}
	return nil
}

func (s *Store) deleteFactors(ctx context.Context, tx *sql.Tx, key, reason string, c account.ChangedBy) error {
	owner, err := personByKey(ctx, tx, key)
	if err != nil {
		return err
	}
	if c.NeedsRequest(owner.Role) {
		return account.ErrNeedsRequest
	}
	var removed int64
	for _, statement := range []string{
		`DELETE FROM passkeys WHERE account = $1`,
		`DELETE FROM code_secrets WHERE account = $1`,
		`DELETE FROM recovery_codes WHERE account = $1`,
	} {
		result, err := tx.ExecContext(ctx, statement, owner.ID)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		removed += n
	}
	if removed == 0 {
		return account.ErrNoFactors
	}
	if err := endSessions(ctx, tx, owner.ID); err != nil {
		return err
	}
	return s.logFactors(ctx, tx, owner.ID, c, review.Facts{AccountChange: string(account.FactorsTaken), Reason: reason})
}

// everyAccount stands for all accounts where factorDigests is asked for one.
const everyAccount = 0

// factorDigests returns the digest of the factors of an account, or of each that has any.
func factorDigests(ctx context.Context, tx *sql.Tx, owner int64) (map[int64]string, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT account, 'passkey', credential_id, credential
		FROM passkeys
		WHERE account = $1 OR $1 = 0
		UNION ALL
		SELECT account, 'code', sealed, ''
		FROM code_secrets
		WHERE (account = $1 OR $1 = 0) AND confirmed_at IS NOT NULL
		UNION ALL
		SELECT account, 'recovery', code_hash, ''
		FROM recovery_codes
		WHERE account = $1 OR $1 = 0`, owner)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	factors := map[int64][]string{}
	for rows.Next() {
		var id int64
		var kind, credential string
		var key []byte
		if err := rows.Scan(numberIn{&id}, textIn{&kind}, bytesIn{&key}, textIn{&credential}); err != nil {
			return nil, err
		}
		factors[id] = append(factors[id], factorFact(kind, key, credential))
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if err := addIdentities(ctx, tx, owner, factors); err != nil {
		return nil, err
	}
	digests := map[int64]string{}
	for id, list := range factors {
		digests[id] = account.FactorsDigest(list)
	}
	return digests, nil
}

// addIdentities adds to the factors of accounts who their people are at the company's sign-in, and
// which accounts are for emergencies: whoever writes one of these into the file has a way in.
func addIdentities(ctx context.Context, tx *sql.Tx, owner int64, factors map[int64][]string) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT account, 'identity', issuer, subject
		FROM identities
		WHERE account = $1 OR $1 = 0
		UNION ALL
		SELECT account, 'break-glass', '', ''
		FROM break_glass
		WHERE account = $1 OR $1 = 0`, owner)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var kind string
		var who account.Identity
		if err := rows.Scan(numberIn{&id}, textIn{&kind}, textIn{&who.Issuer}, textIn{&who.Subject}); err != nil {
			return err
		}
		fact := account.IdentityFact(who)
		if kind == "break-glass" {
			fact = account.BreakGlassFact()
		}
		factors[id] = append(factors[id], fact)
	}
	return rows.Err()
}

// factorFact is what a factor is known by.
func factorFact(kind string, key []byte, credential string) string {
	switch kind {
	case "passkey":
		return account.PasskeyFact(key, credential)
	case "code":
		return account.CodeFact(key)
	}
	return account.RecoveryFact(key)
}
