package cli

import (
	"fmt"

	"countersign/internal/account"
	"countersign/internal/breached"
)

// breachedFlag names a list of passwords that nobody may have.
type breachedFlag struct {
	Breached string `name:"breached-passwords" env:"COUNTERSIGN_BREACHED_PASSWORDS" placeholder:"FILE" help:"A file of passwords that are refused besides the most common ones known from breaches: SHA-1 hashes in order, as Have I Been Pwned offers them, or one password a line."`
}

// open returns the list; nil where there is none.
func (f breachedFlag) open() (account.BreachedPasswords, error) {
	if f.Breached == "" {
		return nil, nil
	}
	list, err := breached.Open(f.Breached)
	if err != nil {
		return nil, fmt.Errorf("--breached-passwords: %w", err)
	}
	return list, nil
}

// readNewPassword reads a password for a service, which has the list then. What is wrong with
// the list is said before anybody types.
func (f breachedFlag) readNewPassword(s streams, service *account.Service) (password string, err error) {
	if service.Breached, err = f.open(); err != nil {
		return "", err
	}
	return readPassword(s)
}
