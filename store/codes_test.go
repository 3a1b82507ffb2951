package store_test

import (
	"errors"
	"strings"
	"testing"

	"countersign/internal/account"
	"countersign/store"
)

const testSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

// withCode gives somebody an authenticator app whose last code was of step 10, and one recovery
// code.
func (d *desk) withCode(who account.Person, recovery account.CodeHash) account.CodeSecret {
	d.t.Helper()
	ctx := d.t.Context()
	must(d.t, d.AddCodeSecret(ctx, who.ID, testSecret, noon))
	secret, err := d.CodeSecret(ctx, who.ID, false)
	must(d.t, err)
	_, err = d.ConfirmCodeSecret(ctx, secret, 10, []account.CodeHash{recovery}, account.ChangedBy{By: who, At: noon})
	must(d.t, err)
	if secret, err = d.CodeSecret(ctx, who.ID, true); err != nil || secret.Secret != testSecret || secret.LastStep != 10 {
		d.t.Fatalf("the secret is %+v, %v", secret, err)
	}
	return secret
}

func TestCodeSecret(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	if _, err := d.CodeSecret(ctx, d.ann.ID, true); !errors.Is(err, account.ErrNoFactor) {
		t.Errorf("before there is one: %v", err)
	}
	must(t, d.AddCodeSecret(ctx, d.ann.ID, "MFRGGZDF", noon))
	replaced, err := d.CodeSecret(ctx, d.ann.ID, false)
	must(t, err)
	if found, err := d.Account(ctx, "ann"); err != nil || found.SecondFactor {
		t.Errorf("one that is not confirmed counts as a factor; %v", err)
	}
	secret := d.withCode(d.ann, account.CodeHash{1})
	c := account.ChangedBy{By: d.ann, At: noon}
	if _, err := d.ConfirmCodeSecret(ctx, replaced, 10, nil, c); !errors.Is(err, account.ErrNoFactor) {
		t.Errorf("the one that was replaced is confirmed: %v", err)
	}
	must(t, d.AddCodeSecret(ctx, d.ann.ID, "MFRGGZDF", noon))
	if still, err := d.CodeSecret(ctx, d.ann.ID, true); err != nil || still.Secret != testSecret {
		t.Errorf("one that is not confirmed takes the place of one that is; %v", err)
	}
	if found, err := d.Account(ctx, "ann"); err != nil || !found.SecondFactor {
		t.Errorf("a confirmed one is no factor; %v", err)
	}
	must(t, d.TakeCodeStep(ctx, d.ann.ID, secret, 11))
	for _, step := range []int64{11, 12} { // read before the last one was taken
		if err := d.TakeCodeStep(ctx, d.ann.ID, secret, step); !errors.Is(err, account.ErrWrongPassword) {
			t.Errorf("step %d is taken too: %v", step, err)
		}
	}
	if err := d.TakeCodeStep(ctx, d.bob.ID, secret, 13); !errors.Is(err, account.ErrWrongPassword) {
		t.Errorf("somebody else's: %v", err)
	}
	if err := d.RemoveCodeSecret(ctx, true, c); !errors.Is(err, account.ErrLastFactor) {
		t.Errorf("the last one that must stay: %v", err)
	}
	must(t, d.RemoveCodeSecret(ctx, false, c))
	if err := d.RemoveCodeSecret(ctx, false, c); !errors.Is(err, account.ErrNoFactor) {
		t.Errorf("removed twice: %v", err)
	}
	if _, err := d.TakeRecoveryCode(ctx, d.ann.ID, account.CodeHash{1}, noon); !errors.Is(err, account.ErrWrongPassword) {
		t.Errorf("a recovery code of no factor: %v", err)
	}
	if err := d.ReplaceRecoveryCodes(ctx, []account.CodeHash{{2}}, c); !errors.Is(err, account.ErrNoFactor) {
		t.Errorf("recovery codes for no factor: %v", err)
	}
}

func TestRecoveryCodes(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.withCode(d.ann, account.CodeHash{1})
	c := account.ChangedBy{By: d.ann, At: noon}
	must(t, d.ReplaceRecoveryCodes(ctx, []account.CodeHash{{2}, {3}}, c))
	take := func(owner account.Person, code account.CodeHash, left int, want error) {
		t.Helper()
		if got, err := d.TakeRecoveryCode(ctx, owner.ID, code, noon); !errors.Is(err, want) || got != left {
			t.Errorf("code %d of %s: %d left, %v", code[0], owner.Name, got, err)
		}
	}
	take(d.ann, account.CodeHash{1}, 0, account.ErrWrongPassword) // replaced
	take(d.bob, account.CodeHash{2}, 0, account.ErrWrongPassword)
	take(d.ann, account.CodeHash{2}, 1, nil)
	take(d.ann, account.CodeHash{2}, 0, account.ErrWrongPassword)
	take(d.ann, account.CodeHash{3}, 0, nil)
}

// The secret is sealed, and for its account alone; audit verify finds one that was changed, with
// the data key also one that no longer opens.
func TestCodeSecretsAreSealed(t *testing.T) {
	tests := []struct {
		name, change string
		keyless      bool // whether it is found without the data key
	}{
		{"as it was", ``, false},
		{"used", `UPDATE code_secrets SET last_step = 12`, false},
		{"secret", `UPDATE code_secrets SET sealed = randomblob(60) WHERE account = 1`, true},
		{"data key", `UPDATE code_secrets SET data_key = randomblob(60) WHERE account = 1`, false},
		{"both of another account", `UPDATE code_secrets SET (data_key, sealed) = (SELECT data_key, sealed FROM code_secrets WHERE account = 2) WHERE account = 1`, true},
		{"confirmation", `UPDATE code_secrets SET confirmed_at = NULL WHERE account = 1`, true},
		{"recovery code", `UPDATE recovery_codes SET code_hash = zeroblob(32) WHERE account = 1`, true},
		{"app that goes", `DELETE FROM code_secrets WHERE account = 1`, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t)
			d.withCode(d.ann, account.CodeHash{1})
			d.withCode(d.bob, account.CodeHash{2})
			must(t, d.Store.Close())
			db := d.raw()
			var sealed, key []byte
			must(t, db.QueryRow(`SELECT sealed, data_key FROM code_secrets WHERE account = 1`).Scan(&sealed, &key))
			if strings.Contains(string(sealed)+string(key), testSecret[:8]) {
				t.Error("the secret is not sealed")
			}
			if test.change != "" {
				exec(t, db, test.change)
			}
			must(t, db.Close())
			harmless := test.change == "" || test.name == "used"
			_, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres})
			if (err != nil) != test.keyless {
				t.Errorf("without the data key: %v", err)
			}
			_, err = store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres, DataKeyFile: d.options.DataKeyFile})
			if (err == nil) != harmless {
				t.Errorf("with the data key: %v", err)
			}
		})
	}
}
