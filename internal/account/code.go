package account

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"image/color"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

// CodeStore is where it is kept from what an authenticator app makes its codes, and which of
// them, and of the recovery codes, were used.
type CodeStore interface {
	// AddCodeSecret keeps a secret that is not confirmed yet, in place of another such. One that
	// is confirmed counts until then.
	AddCodeSecret(ctx context.Context, owner int64, secret string, at time.Time) error
	// CodeSecret returns the secret of an account that is confirmed, or the one that is not yet;
	// ErrNoFactor when it has none.
	CodeSecret(ctx context.Context, owner int64, confirmed bool) (CodeSecret, error)
	// ConfirmCodeSecret lets a secret count from now on, in place of one before it, with a step as
	// the last one used, puts that on record and ends the sessions of the account, which is that of c.By. Where that has
	// no recovery codes, it gets these, and added is true. It returns ErrNoFactor when the secret
	// is no longer there to be confirmed.
	ConfirmCodeSecret(ctx context.Context, secret CodeSecret, step int64, recovery []CodeHash, c ChangedBy) (added bool, err error)
	// TakeCodeStep makes a step the last one used of a confirmed secret, as it was read. It returns
	// ErrWrongPassword when another was taken meanwhile, or the secret is another.
	TakeCodeStep(ctx context.Context, owner int64, secret CodeSecret, step int64) error
	// RemoveCodeSecret forgets the confirmed secret of c.By, and the recovery codes where no
	// factor is left that they stand in for, puts that on record and ends the sessions of the
	// account. It returns ErrNoFactor when there is none, and ErrLastFactor where one must stay
	// and there is no other.
	RemoveCodeSecret(ctx context.Context, oneMustStay bool, c ChangedBy) error
	// ReplaceRecoveryCodes gives c.By recovery codes in place of those before, and puts that on
	// record. It returns ErrNoFactor when there is no factor that they could stand in for.
	ReplaceRecoveryCodes(ctx context.Context, codes []CodeHash, c ChangedBy) error
	// TakeRecoveryCode marks a recovery code as used and returns how many are left. It returns
	// ErrWrongPassword when the account has no such code, or it was used.
	TakeRecoveryCode(ctx context.Context, owner int64, code CodeHash, at time.Time) (left int, err error)
}

// CodeSecret is what an authenticator app makes codes from.
type CodeSecret struct {
	Secret   string // in base 32, as apps take it
	Sealed   []byte // as it is kept, by which one secret is told from another
	Created  time.Time
	LastStep int64 // time step of the last code that was used
}

// Codes are those of RFC 6238 as all apps make them: of SHA-1 and six digits.
const (
	codePeriod = 30 // seconds for which an app shows a code: a time step
	codeDrift  = 1  // steps by which the clock of an app may be off
	codeIssuer = "Countersign"

	codeSecretBytes = 20 // as many as SHA-1 gives: RFC 4226 §4
)

// CodeSetUpLimit is how long a new secret can be confirmed.
const CodeSetUpLimit = 30 * time.Minute

var (
	// ErrNoFactor is returned when an account does not have the factor that was asked for.
	ErrNoFactor = errors.New("there is no such factor")
)

// codeStepAt is the time step at a moment.
func codeStepAt(t time.Time) int64 { return t.Unix() / codePeriod }

// isUnused reports whether the code of a step may still be used when another was the last one. An
// earlier step is as good as used. One that is further ahead than any clock may be was used while
// the server's own was wrong: nothing counts from it.
func isUnused(step, last int64) bool { return step > last || last > step+2*codeDrift }

// matchingStep returns the step whose code was typed, of those that the clocks allow and that
// were not used.
func (c CodeSecret) matchingStep(typed string, now time.Time) (int64, bool) {
	typed = plainCode(typed)
	for step := codeStepAt(now) - codeDrift; step <= codeStepAt(now)+codeDrift; step++ {
		options := hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
		ok, err := hotp.ValidateCustom(typed, uint64(step), c.Secret, options)
		if err == nil && ok && isUnused(step, c.LastStep) {
			return step, true
		}
	}
	return 0, false
}

// plainCode is a code without what people set between its parts.
func plainCode(typed string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -\t\u00a0", r) {
			return -1
		}
		return r
	}, typed))
}

// NewCodeSecret is a secret that an app has to be given.
type NewCodeSecret struct {
	Secret  string   // in base 32
	Address string   // otpauth, which a QR code holds
	QR      [][]bool // its rows, dark where true
}

// describeCode is how somebody's app is given a secret.
func describeCode(name string, secret []byte) (NewCodeSecret, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: codeIssuer, AccountName: name, Secret: secret})
	if err != nil {
		return NewCodeSecret{}, err
	}
	code, err := qr.Encode(key.URL(), qr.M, qr.Auto)
	if err != nil {
		return NewCodeSecret{}, err
	}
	rows := make([][]bool, code.Bounds().Dy())
	for y := range rows {
		rows[y] = make([]bool, code.Bounds().Dx())
		for x := range rows[y] {
			rows[y][x] = code.At(x, y) == color.Black
		}
	}
	return NewCodeSecret{Secret: key.Secret(), Address: key.URL(), QR: rows}, nil
}

// BeginCode makes a secret for the authenticator app of somebody, in place of one that they did
// not confirm. An app that they have counts until this one does.
func (s *Service) BeginCode(ctx context.Context, who Person) (NewCodeSecret, error) {
	secret := make([]byte, codeSecretBytes)
	rand.Read(secret) // never fails, see crypto/rand
	made, err := describeCode(who.Name, secret)
	if err != nil {
		return NewCodeSecret{}, fmt.Errorf("make a secret for codes: %w", err)
	}
	if err := s.Records.AddCodeSecret(ctx, who.ID, made.Secret, s.Now()); err != nil {
		return NewCodeSecret{}, fmt.Errorf("keep a secret for codes: %w", err)
	}
	return made, nil
}

// PendingCode returns the secret that somebody began to set up and has not confirmed; ErrNoFactor
// when there is none, or it is too old.
func (s *Service) PendingCode(ctx context.Context, who Person) (NewCodeSecret, error) {
	secret, err := s.pendingSecret(ctx, who)
	if err != nil {
		return NewCodeSecret{}, err
	}
	plain, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret.Secret)
	if err != nil {
		return NewCodeSecret{}, fmt.Errorf("read the secret for codes: %w", err)
	}
	return describeCode(who.Name, plain)
}

func (s *Service) pendingSecret(ctx context.Context, who Person) (CodeSecret, error) {
	secret, err := s.Records.CodeSecret(ctx, who.ID, false)
	if err != nil {
		return CodeSecret{}, fmt.Errorf("read the secret for codes: %w", err)
	}
	age := s.Now().Sub(secret.Created)
	if age > CodeSetUpLimit || age < -ClockSlack {
		return CodeSecret{}, ErrNoFactor
	}
	return secret, nil
}

// ConfirmCode lets the app of somebody count, once a code shows that it has the secret, and ends
// their sessions. Where they had no recovery codes, it returns some. It returns ErrWrongPassword
// for another code and ErrNoFactor as PendingCode does.
func (s *Service) ConfirmCode(ctx context.Context, who Person, code string) (recovery []string, err error) {
	secret, err := s.pendingSecret(ctx, who)
	if err != nil {
		return nil, err
	}
	step, ok := secret.matchingStep(code, s.Now())
	if !ok {
		return nil, ErrWrongPassword
	}
	codes := newRecoveryCodes()
	added, err := s.Records.ConfirmCodeSecret(ctx, secret, step, hashRecoveryCodes(codes), s.changeBy(who))
	if err != nil {
		return nil, fmt.Errorf("confirm the secret for codes: %w", err)
	}
	if !added {
		return nil, nil
	}
	return codes, nil
}

// RemoveCode takes the authenticator app from somebody who wants that, and ends their sessions.
// It returns ErrNoFactor when there is none, and ErrLastFactor where one must stay and there is
// no other.
func (s *Service) RemoveCode(ctx context.Context, who Person, oneMustStay bool) error {
	if err := s.Records.RemoveCodeSecret(ctx, oneMustStay, s.changeBy(who)); err != nil {
		return fmt.Errorf("remove the secret for codes: %w", err)
	}
	return nil
}

// GiveCode returns nil when a code is that of the person's app and was not used before. It
// returns ErrWrongPassword when it is not, and a *Wait when too many attempts failed, with
// passwords as with codes.
func (s *Service) GiveCode(ctx context.Context, who Person, code string, from Source) error {
	if err := s.proveCode(ctx, who, code, from); err != nil {
		return fmt.Errorf("give a code: %w", err)
	}
	return nil
}

// proveCode returns nil when the code is one of the person's authenticator app, which was not
// used before.
func (s *Service) proveCode(ctx context.Context, who Person, code string, from Source) error {
	return s.countTry(ctx, signInKey(who.Name), from, func() (bool, error) {
		return true, s.takeCode(ctx, who.ID, code)
	})
}

func (s *Service) takeCode(ctx context.Context, owner int64, code string) error {
	secret, err := s.Records.CodeSecret(ctx, owner, true)
	if errors.Is(err, ErrNoFactor) {
		return ErrWrongPassword
	}
	if err != nil {
		return err
	}
	step, ok := secret.matchingStep(code, s.Now())
	if !ok {
		return ErrWrongPassword
	}
	return s.Records.TakeCodeStep(ctx, owner, secret, step)
}
