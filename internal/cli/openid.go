package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"countersign/handlers"
	"countersign/internal/account"
	"countersign/internal/openid"
	"countersign/internal/securityevent"
	"countersign/store"
	"countersign/views"
)

// providerFlags say which provider of OpenID Connect lets people in.
type providerFlags struct {
	Issuer      string   `name:"oidc-issuer" env:"COUNTERSIGN_OIDC_ISSUER" placeholder:"URL" help:"The company's own sign-in: issuer of an OpenID Connect provider. Needs --public-url."`
	ClientID    string   `name:"oidc-client-id" env:"COUNTERSIGN_OIDC_CLIENT_ID" placeholder:"ID" help:"The client ID that the provider gave."`
	SecretFile  string   `name:"oidc-client-secret-file" env:"COUNTERSIGN_OIDC_CLIENT_SECRET_FILE" placeholder:"FILE" help:"A file that contains the client secret and that others cannot read or write."`
	OIDCRoles   []string `name:"oidc-role" env:"COUNTERSIGN_OIDC_ROLE" placeholder:"ROLE=GROUP" help:"A role for a group at the provider, such as reviewer=kyc-team. Repeat for more. Nobody comes in without a role."`
	RolesClaim  string   `name:"oidc-roles-claim" env:"COUNTERSIGN_OIDC_ROLES_CLAIM" default:"groups" help:"The claim of the ID token that lists the groups; dots lead into a claim, as in realm_access.roles."`
	NameClaim   string   `name:"oidc-name-claim" env:"COUNTERSIGN_OIDC_NAME_CLAIM" default:"preferred_username" help:"The claim with the name of a new account."`
	OIDCScopes  []string `name:"oidc-scope" env:"COUNTERSIGN_OIDC_SCOPE" placeholder:"NAME" help:"A scope to ask for besides openid and profile, such as groups. Repeat for more."`
	OIDCHosts   []string `name:"oidc-host" env:"COUNTERSIGN_OIDC_HOST" placeholder:"HOST" help:"A further host of the provider, where not all of its addresses are on the issuer's. Repeat for more."`
	NoPasswords bool     `name:"no-passwords" env:"COUNTERSIGN_NO_PASSWORDS" help:"Let nobody in by a password, except the emergency account: see user add --break-glass."`
}

// provider returns the provider that the flags name; nil where they name none.
func (f *providerFlags) provider(public *url.URL) (*openid.Provider, error) {
	if f.Issuer == "" {
		if f.ClientID != "" || f.SecretFile != "" || len(f.OIDCRoles) > 0 || f.NoPasswords {
			return nil, errors.New("--oidc-issuer: say which provider it is; nobody could come in with --no-passwords alone")
		}
		return nil, nil
	}
	if public == nil {
		return nil, errors.New("--oidc-issuer: give --public-url too, since the provider sends people back to it")
	}
	if f.SecretFile == "" {
		return nil, errors.New("--oidc-client-secret-file: give the file with the client secret")
	}
	secret, err := readClientSecret(f.SecretFile)
	if err != nil {
		return nil, err
	}
	roles, err := parseProviderRoles(f.OIDCRoles)
	if err != nil {
		return nil, err
	}
	provider, err := openid.New(openid.Settings{
		Issuer: f.Issuer, ClientID: f.ClientID, Secret: secret, Redirect: public.String() + views.ProviderCallbackPath,
		Hosts: f.OIDCHosts, Roles: roles, RolesClaim: f.RolesClaim, Scopes: f.OIDCScopes, NameClaim: f.NameClaim, Now: time.Now,
	})
	if err != nil {
		return nil, fmt.Errorf("--oidc-issuer: %w", err)
	}
	return provider, nil
}

// apply gives a server the provider.
func (f *providerFlags) apply(ctx context.Context, server *handlers.Server, kept *store.Store, provider *openid.Provider, log *slog.Logger) error {
	if provider == nil {
		return nil
	}
	key, err := kept.DerivedKey("forms on their way through the provider")
	if err != nil {
		return err
	}
	server.Company = &handlers.CompanySignIn{Provider: provider, Rows: kept, FormKey: key}
	server.Accounts.NoPasswords = f.NoPasswords
	if !f.NoPasswords {
		return nil
	}
	has, err := kept.HasBreakGlass(ctx)
	if err == nil && !has {
		log.Warn("passwords are off and there is no emergency account: while the provider is down nobody can sign in. Make one with countersign user add --break-glass")
	}
	return err
}

// parseProviderRoles reads which groups have which role.
func parseProviderRoles(list []string) (map[string][]string, error) {
	roles := map[string][]string{}
	for _, s := range list {
		name, group, found := strings.Cut(s, "=")
		role, known := account.ParseRole(name)
		if !found || !known || group == "" {
			return nil, fmt.Errorf("--oidc-role: %q is not a role and a group, such as reviewer=kyc-team", s)
		}
		roles[string(role)] = append(roles[string(role)], group)
	}
	return roles, nil
}

// readClientSecret reads a secret from a file that others may not read or write.
func readClientSecret(name string) (openid.Secret, error) {
	text, err := readSecretFile("client-secret", name)
	if err != nil {
		return openid.Secret{}, err
	}
	secret, err := openid.NewSecret(string(text))
	if err != nil {
		return openid.Secret{}, fmt.Errorf("%s: %w", name, err)
	}
	return secret, nil
}

// userBind is the command that joins an account to an identity at the provider.
type userBind struct {
	databaseFlags
	Name    string `arg:"" help:"The name of the account."`
	Issuer  string `required:"" placeholder:"URL" help:"The issuer, as the server has it in --oidc-issuer."`
	Subject string `required:"" placeholder:"ID" help:"The subject that the provider knows the person by: sub of their ID token. Never an e-mail address, which can be given to somebody else."`
}

// Run binds the account.
func (c *userBind) Run(ctx context.Context, s streams) error {
	return c.withAccounts(ctx, s, func(door *account.Service) error {
		if err := door.Bind(ctx, c.Name, account.Identity{Issuer: c.Issuer, Subject: c.Subject}); err != nil {
			return reasonOnly(err)
		}
		reportAccount(ctx, s, door, "user bind", c.Name, securityevent.Event{Kind: securityevent.AccountBound, Reason: securityevent.ByOperator})
		fmt.Fprintf(s.out, "%s signs in through %s now, and is signed out everywhere.\n", terminalText(c.Name), terminalText(c.Issuer))
		return nil
	})
}
