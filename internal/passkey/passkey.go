// Package passkey asks browsers for passkeys and checks what they answer, as WebAuthn wants it
// (https://www.w3.org/TR/webauthn-3/). It knows neither accounts nor where anything is kept.
//
// A question goes to a browser as JSON, together with a state that its asker keeps under the
// hash of the challenge and gives back with the answer. The package promises:
//
//   - An answer counts for the site and the origin at which its question was asked, and no other.
//   - The user was verified by the device, with a PIN, a finger or a face, and was there.
//   - Nothing in a State or a Credential is secret.
//
// That a question is answered once, in time and by whoever may, is for its asker to see to. So
// is a counter that goes back.
package passkey

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// ErrAnswer is returned for an answer that is none to its question.
var ErrAnswer = errors.New("the answer is not that of the passkey")

// Credential is a passkey as its site knows it. It stays as it is for as long as it exists: how
// often it was used is kept elsewhere.
type Credential struct {
	Site       string   `json:"site"` // host name for which it was made, and where alone it works
	ID         []byte   `json:"id"`   // by which the device knows it
	Handle     []byte   `json:"handle"`
	PublicKey  []byte   `json:"public_key"` // as COSE has it
	Synced     bool     `json:"synced"`     // whether it may be copied to other devices of its owner
	Transports []string `json:"transports,omitempty"`
}

// Question is what a browser is asked.
type Question struct {
	Options []byte            // for the browser, as JSON
	Hash    [sha256.Size]byte // of the challenge
	State   string            // to check the answer with
}

// questionState is what a Question has as its State.
type questionState struct {
	Site    Site                 `json:"site"`
	Session webauthn.SessionData `json:"session"` // without the challenge, of which only the hash is kept
}

// NewHandle makes the name under which devices know the owner of passkeys. It says nothing about
// them, and no other account, here or on another server of the same host name, has it: a device
// keeps one passkey for a site and a handle.
func NewHandle() []byte {
	handle := make([]byte, 32)
	_, _ = rand.Read(handle) // never fails
	return handle
}

// AskToCreate asks for a new passkey of somebody by their handle and name, in a device that has
// none of those that they have.
func (s Site) AskToCreate(handle []byte, name string, known []Credential) (Question, error) {
	library, err := s.library()
	if err != nil {
		return Question{}, err
	}
	options, session, err := library.BeginRegistration(owner{handle: handle, name: name}, webauthn.WithExclusions(descriptors(known)))
	if err != nil {
		return Question{}, fmt.Errorf("ask for a new passkey: %w", err)
	}
	return s.question(options, session)
}

// AskToProve asks for one of the known passkeys, or where none is known for any of the site.
func (s Site) AskToProve(known []Credential) (Question, error) {
	library, err := s.library()
	if err != nil {
		return Question{}, err
	}
	var choice []webauthn.LoginOption
	if len(known) > 0 {
		choice = append(choice, webauthn.WithAllowedCredentials(descriptors(known)))
	}
	options, session, err := library.BeginDiscoverableLogin(choice...)
	if err != nil {
		return Question{}, fmt.Errorf("ask for a passkey: %w", err)
	}
	return s.question(options, session)
}

func (s Site) question(options any, session *webauthn.SessionData) (Question, error) {
	hash, err := hashOf(session.Challenge)
	if err != nil {
		return Question{}, err
	}
	kept := *session
	kept.Challenge = ""
	state, err := json.Marshal(questionState{s, kept})
	if err != nil {
		return Question{}, fmt.Errorf("keep a question: %w", err)
	}
	text, err := json.Marshal(options)
	if err != nil {
		return Question{}, fmt.Errorf("write a question: %w", err)
	}
	return Question{Options: text, Hash: hash, State: string(state)}, nil
}

// hashOf is the SHA-256 of a challenge that stands in base64url.
func hashOf(challenge string) ([sha256.Size]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(challenge)
	if err != nil || len(raw) < protocol.MinimumChallengeLength {
		return [sha256.Size]byte{}, ErrAnswer
	}
	return sha256.Sum256(raw), nil
}

// library is what does the work, for the site.
func (s Site) library() (*webauthn.WebAuthn, error) {
	library, err := webauthn.New(&webauthn.Config{
		RPID: s.Host, RPDisplayName: "Countersign", RPOrigins: []string{s.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
		// Password managers answer for extensions that nobody asked for. None is read here.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys at %s: %w", s.Host, err)
	}
	return library, nil
}

// Created is a new passkey, as a browser answered.
type Created struct {
	Hash   [sha256.Size]byte // of the challenge to which it says to be the answer
	parsed *protocol.ParsedCredentialCreationData
}

// maxAnswer is how long an answer may be, in bytes: some devices prove of what make they are.
const maxAnswer = 64 << 10

// ReadCreated reads an answer to AskToCreate. It returns ErrAnswer for what is none.
func ReadCreated(answer string) (*Created, error) {
	if len(answer) > maxAnswer {
		return nil, ErrAnswer
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return nil, ErrAnswer
	}
	hash, err := hashOf(parsed.Response.CollectedClientData.Challenge)
	if err != nil {
		return nil, err
	}
	return &Created{hash, parsed}, nil
}

// Check returns the passkey, and how often it was used, when the answer is that to the question
// with the state, and ErrAnswer otherwise.
func (a *Created) Check(state string) (Credential, uint32, error) {
	site, session, library, err := readState(state, a.parsed.Response.CollectedClientData.Challenge)
	if err != nil {
		return Credential{}, 0, err
	}
	made, err := library.CreateCredential(owner{handle: session.UserID}, session, a.parsed)
	if err != nil || len(made.ID) > maxCredentialID {
		return Credential{}, 0, ErrAnswer
	}
	c := Credential{Site: site.Host, ID: made.ID, Handle: session.UserID, PublicKey: made.PublicKey, Synced: made.Flags.BackupEligible}
	for _, transport := range made.Transport {
		if slices.Contains(knownTransports, transport) {
			c.Transports = append(c.Transports, string(transport))
		}
	}
	return c, made.Authenticator.SignCount, nil
}

// maxCredentialID is how long the ID of a passkey may be, in bytes. Source:
// https://www.w3.org/TR/webauthn-3/#credential-id
const maxCredentialID = 1023

var knownTransports = []protocol.AuthenticatorTransport{protocol.USB, protocol.NFC, protocol.BLE, protocol.SmartCard, protocol.Hybrid, protocol.Internal}

// Proof is the use of a passkey, as a browser answered.
type Proof struct {
	Hash         [sha256.Size]byte // of the challenge to which it says to be the answer
	CredentialID []byte            // of the passkey that it says to be from
	parsed       *protocol.ParsedCredentialAssertionData
}

// ReadProof reads an answer to AskToProve. It returns ErrAnswer for what is none.
func ReadProof(answer string) (*Proof, error) {
	if len(answer) > maxAnswer {
		return nil, ErrAnswer
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return nil, ErrAnswer
	}
	hash, err := hashOf(parsed.Response.CollectedClientData.Challenge)
	if err != nil {
		return nil, err
	}
	return &Proof{hash, parsed.RawID, parsed}, nil
}

// Check returns how often the passkey was used when it gave the answer to the question with the
// state, and ErrAnswer otherwise. Where nobody has the passkey, which is nil then, it takes as
// long to say so.
func (a *Proof) Check(state string, c *Credential) (uint32, error) {
	site, session, library, err := readState(state, a.parsed.Response.CollectedClientData.Challenge)
	if err != nil {
		return 0, err
	}
	known := c != nil
	if !known {
		c = a.decoy(site)
	}
	handle := a.parsed.Response.UserHandle
	asked := session.AllowedCredentialIDs
	named := len(asked) == 0 && len(handle) > 0 || slices.ContainsFunc(asked, func(id []byte) bool { return bytes.Equal(id, c.ID) })
	session.UserID, session.AllowedCredentialIDs = c.Handle, nil // one passkey is left, and was looked for
	_, err = library.ValidateLogin(owner{handle: c.Handle, credentials: []webauthn.Credential{{
		ID: c.ID, PublicKey: c.PublicKey, Flags: webauthn.CredentialFlags{BackupEligible: c.Synced},
	}}}, session, a.parsed)
	if err != nil || !known || !named || c.Site != site.Host {
		return 0, ErrAnswer
	}
	return a.parsed.Response.AuthenticatorData.Counter, nil
}

// decoy is a passkey that is checked where nobody has the one that answered.
func (a *Proof) decoy(site Site) *Credential {
	return &Credential{
		Site: site.Host, ID: a.CredentialID, Handle: a.parsed.Response.UserHandle, PublicKey: decoyKey(),
		Synced: a.parsed.Response.AuthenticatorData.Flags.HasBackupEligible(),
	}
}

// decoyKey is a key of the kind that most passkeys have, as COSE has it: the base point of the
// curve P-256.
func decoyKey() []byte {
	key, _ := hex.DecodeString("a5010203262001215820" + "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296" +
		"225820" + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
	return key
}

// readState reads the state of a question whose challenge an answer has.
func readState(state, challenge string) (Site, webauthn.SessionData, *webauthn.WebAuthn, error) {
	var kept questionState
	if err := json.Unmarshal([]byte(state), &kept); err != nil {
		return Site{}, kept.Session, nil, fmt.Errorf("read the state of a question: %w", err)
	}
	kept.Session.Challenge = challenge
	library, err := kept.Site.library()
	return kept.Site, kept.Session, library, err
}

// owner is somebody with passkeys, as the library wants them.
type owner struct {
	handle      []byte
	name        string
	credentials []webauthn.Credential
}

// WebAuthnID implements webauthn.User.
func (o owner) WebAuthnID() []byte { return o.handle }

// WebAuthnName implements webauthn.User.
func (o owner) WebAuthnName() string { return o.name }

// WebAuthnDisplayName implements webauthn.User.
func (o owner) WebAuthnDisplayName() string { return o.name }

// WebAuthnCredentials implements webauthn.User.
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.credentials }

func descriptors(list []Credential) []protocol.CredentialDescriptor {
	var d []protocol.CredentialDescriptor
	for _, c := range list {
		one := protocol.CredentialDescriptor{Type: protocol.PublicKeyCredentialType, CredentialID: c.ID}
		for _, t := range c.Transports {
			one.Transport = append(one.Transport, protocol.AuthenticatorTransport(t))
		}
		d = append(d, one)
	}
	return d
}
