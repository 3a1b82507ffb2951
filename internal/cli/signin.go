package cli

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"countersign/handlers"
	"countersign/internal/account"
	"countersign/store"
)

// signInFlags say how people sign in, and for how long.
type signInFlags struct {
	RequireFactor string        `name:"require-second-factor" env:"COUNTERSIGN_REQUIRE_SECOND_FACTOR" enum:",none,admins-and-supervisors,everybody" default:"" placeholder:"WHO" help:"Who must have a passkey or an authenticator app: none, admins-and-supervisors or everybody. Default: admins-and-supervisors, but none in a database from before there were second factors."`
	StepUp        string        `name:"step-up" env:"COUNTERSIGN_STEP_UP" enum:",decisions" default:"" placeholder:"WHAT" help:"What needs a proof of presence from the last five minutes besides what always does: decisions."`
	Idle          time.Duration `name:"session-idle" env:"COUNTERSIGN_SESSION_IDLE" default:"30m" help:"After how long without use a session ends."`
	Lifetime      time.Duration `name:"session-lifetime" env:"COUNTERSIGN_SESSION_LIFETIME" default:"12h" help:"After how long a session ends in any case."`
}

// The limits that a session may be given.
const (
	minIdle     = time.Minute
	maxLifetime = 30 * day
)

// check returns what is wrong with the flags.
func (f *signInFlags) check() error {
	switch {
	case f.Idle < minIdle:
		return fmt.Errorf("--session-idle: give at least %s", minIdle)
	case f.Lifetime < f.Idle:
		return fmt.Errorf("--session-lifetime: give at least what --session-idle is, %s", f.Idle)
	case f.Lifetime > maxLifetime:
		return fmt.Errorf("--session-lifetime: give at most %s", maxLifetime)
	}
	return nil
}

// apply gives a server what the flags say.
func (f *signInFlags) apply(ctx context.Context, server *handlers.Server, kept *store.Store, log *slog.Logger) error {
	server.SessionLimits = account.SessionLimits{Idle: f.Idle, Absolute: f.Lifetime}
	server.StepUp.Decisions = f.StepUp == "decisions"
	server.SecondFactor = account.SecondFactorPolicy(f.RequireFactor)
	if f.RequireFactor != "" {
		return nil
	}
	var err error
	if server.SecondFactor, err = kept.SecondFactorDefault(ctx); err != nil {
		return err
	}
	if server.SecondFactor == account.NobodyMust {
		server.SecondFactorUnsaid = true
		log.Warn("nobody needs a second factor here, since this database is older than second factors: say with --require-second-factor who does")
	}
	return nil
}
