package store_test

import (
	"errors"
	"sync"
	"testing"

	"countersign/internal/account"
)

func TestChallengeIsAnsweredOnce(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	question := account.Challenge{Purpose: "passkey", Account: d.ann.ID, State: `{"a":1}`, Until: after(5)}
	must(t, d.AddChallenge(ctx, [32]byte{1}, question, noon))
	must(t, d.AddChallenge(ctx, [32]byte{2}, account.Challenge{Purpose: "passkey", Until: after(5)}, noon))

	_, err := d.TakeChallenge(ctx, [32]byte{1}, "provider", after(1))
	wantErr(t, err, account.ErrNoChallenge)
	_, err = d.TakeChallenge(ctx, [32]byte{3}, "passkey", after(1))
	wantErr(t, err, account.ErrNoChallenge)
	got, err := d.TakeChallenge(ctx, [32]byte{1}, "passkey", after(5))
	must(t, err)
	wantEqual(t, "challenge", got, question)
	_, err = d.TakeChallenge(ctx, [32]byte{1}, "passkey", after(1))
	wantErr(t, err, account.ErrNoChallenge)
	_, err = d.TakeChallenge(ctx, [32]byte{2}, "passkey", after(6)) // too late
	wantErr(t, err, account.ErrNoChallenge)
}

// Of many who give the same answer at once, one is heard.
func TestChallengeIsTakenByOne(t *testing.T) {
	d := newDesk(t)
	must(t, d.AddChallenge(t.Context(), [32]byte{1}, account.Challenge{Purpose: "passkey", Until: after(5)}, noon))
	var wait sync.WaitGroup
	answers := make(chan error, 8)
	for range cap(answers) {
		wait.Go(func() {
			_, err := d.TakeChallenge(t.Context(), [32]byte{1}, "passkey", noon)
			answers <- err
		})
	}
	wait.Wait()
	close(answers)
	heard := 0
	for err := range answers {
		if err == nil {
			heard++
		} else if !errors.Is(err, account.ErrNoChallenge) {
			t.Error(err)
		}
	}
	if heard != 1 {
		t.Errorf("%d answers were heard", heard)
	}
}

// Of a purpose that has a bound, the oldest questions are forgotten, and none of another.
func TestChallengesAreBounded(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	must(t, d.AddChallenge(ctx, [32]byte{9}, account.Challenge{Purpose: "provider", Until: after(1)}, noon))
	for i := range 5 {
		must(t, d.AddChallenge(ctx, [32]byte{byte(i)}, account.Challenge{Purpose: "passkey", Until: after(5 + i), Most: 3}, noon))
	}
	for i := range 5 {
		_, err := d.TakeChallenge(ctx, [32]byte{byte(i)}, "passkey", noon)
		if open := err == nil; open != (i >= 2) {
			t.Errorf("question %d is open: %t", i, open)
		}
	}
	_, err := d.TakeChallenge(ctx, [32]byte{9}, "provider", noon)
	must(t, err)
}
