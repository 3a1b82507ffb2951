package account

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"
)

// ChallengePurpose is what a challenge is for. One that was made for something else is none.
type ChallengePurpose string

// Challenge is a question that was asked of a browser, a device or a provider, and is answered
// once or never.
type Challenge struct {
	Purpose ChallengePurpose
	Account int64  // who may answer; zero where anybody may
	State   string // what is needed to check the answer; no secret
	Until   time.Time
	Most    int // so many of the purpose may be open at once, the oldest are forgotten; zero is any number
}

// MostOpenToAnybody is how many questions are kept at once that anybody may have asked, so that
// nobody fills the disk with them. Whoever asks for so many within the seconds that an answer
// takes keeps others from signing in that way, but from no other.
const MostOpenToAnybody = 5000

// ChallengeFor is how long a challenge can be answered.
const ChallengeFor = 5 * time.Minute

// ErrNoChallenge is returned when no question of that purpose is open: it was answered, is too
// old, or was never asked.
var ErrNoChallenge = errors.New("there is no such challenge")

// ChallengeStore is where challenges are kept until they are answered, by the SHA-256 of the
// question.
type ChallengeStore interface {
	// AddChallenge keeps a challenge, and forgets those that ended before now, and the oldest of
	// its purpose where they are more than it allows.
	AddChallenge(ctx context.Context, hash [sha256.Size]byte, c Challenge, now time.Time) error
	// TakeChallenge returns a challenge and forgets it, so that of several answers at once one
	// finds it. It returns ErrNoChallenge when there is none of that purpose that is open at the
	// time now.
	TakeChallenge(ctx context.Context, hash [sha256.Size]byte, purpose ChallengePurpose, now time.Time) (Challenge, error)
}
