package handlers

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/static"
	"countersign/views"
)

// route is a line of the table: who may do what where.
type route struct {
	method string
	path   string
	action account.Action
	handle echo.HandlerFunc
}

// routes is every route there is.
func (s *Server) routes() []route {
	return slices.Concat(s.siteRoutes(), s.accountRoutes(), s.arrivalRoutes(), s.listRoutes(), s.resultRoutes(), s.actRoutes(), s.ledgerRoutes())
}

// siteRoutes are those of the program itself, and of signing in.
func (s *Server) siteRoutes() []route {
	return []route{
		{http.MethodGet, healthPath, account.Anyone, s.answerHealth},
		{http.MethodGet, readyPath, account.Anyone, s.answerReady},
		{http.MethodGet, static.Path + "*", account.Anyone, echo.WrapHandler(static.Handler())},
		{http.MethodPost, views.ThemePath, account.Anyone, s.chooseTheme},

		{http.MethodGet, views.LoginPath, account.Anyone, s.showSignIn},
		{http.MethodPost, views.LoginPath, account.Anyone, s.signIn},
		{http.MethodGet, views.SetUpPath, account.Anyone, s.showSetUp},
		{http.MethodPost, views.SetUpPath, account.Anyone, s.setUp},
		{http.MethodGet, views.SecondFactorPath, account.GiveSecondFactor, s.showSecondFactor},
		{http.MethodPost, views.SecondFactorPath, account.GiveSecondFactor, s.giveCode},
		{http.MethodPost, views.PasskeySignInPath + "/begin", account.Anyone, s.askPasskeySignIn},
		{http.MethodPost, views.PasskeySignInPath, account.Anyone, s.signInWithPasskey},
		{http.MethodPost, views.SecondFactorPath + "/passkey/begin", account.GiveSecondFactor, s.askSecondPasskey},
		{http.MethodPost, views.SecondFactorPath + "/passkey", account.GiveSecondFactor, s.giveSecondPasskey},
		{http.MethodGet, views.ProviderPath, account.Anyone, s.startCompanySignIn},
		{http.MethodPost, views.ProviderPath, account.Anyone, s.carryToCompanySignIn},
		{http.MethodGet, views.ProviderCallbackPath, account.Anyone, s.finishCompanySignIn},
		{http.MethodPost, views.ProviderLogoutPath, account.Anyone, s.endByCompany},
		{http.MethodPost, views.LogoutPath, account.SignOut, s.signOut},

		{http.MethodGet, views.PasswordPath, account.Anyone, s.showPassword},
		{http.MethodPost, views.PasswordPath, account.Anyone, s.choosePassword},
	}
}

// accountRoutes are those of one's own account, and of those of others.
func (s *Server) accountRoutes() []route {
	return []route{
		{http.MethodGet, views.OwnAccountPath, account.OwnAccount, s.showOwnAccount},
		{http.MethodGet, views.FactorsPath, account.OwnFactors, s.showFactors},
		{http.MethodPost, views.CodePath, account.OwnFactors, s.afterProof(s.beginCode)},
		{http.MethodPost, views.CodePath + "/confirm", account.OwnFactors, s.afterProof(s.confirmCode)},
		{http.MethodPost, views.CodePath + "/remove", account.OwnAccount, s.afterProof(s.removeCode)},
		{http.MethodPost, views.RecoveryPath, account.OwnAccount, s.afterProof(s.makeRecoveryCodes)},
		{http.MethodPost, views.PasskeysPath + "/begin", account.OwnFactors, s.askNewPasskey},
		{http.MethodPost, views.PasskeysPath, account.OwnFactors, s.afterProof(s.addPasskey)},
		{http.MethodPost, views.PasskeysPath + "/rename", account.OwnFactors, s.afterProof(s.renamePasskey)},
		{http.MethodPost, views.PasskeysPath + "/remove", account.OwnFactors, s.afterProof(s.removePasskey)},
		{http.MethodPost, views.PasskeyProofPath, account.OwnFactors, s.askPasskeyProof},
		{http.MethodPost, views.SeenPath, account.OwnAccount, s.acknowledgeChanges},
		{http.MethodPost, views.PreferencesPath, account.OwnAccount, s.setPreference},
		{http.MethodGet, views.SessionPath, account.OwnAccount, s.showSession},
		{http.MethodPost, views.SessionPath, account.OwnAccount, s.staySignedIn},
		{http.MethodPost, "/account/password", account.OwnAccount, s.changeOwnPassword},
		{http.MethodPost, "/account/sessions/end", account.OwnAccount, s.endOwnSession},
		{http.MethodPost, "/account/sessions/end-others", account.OwnAccount, s.endOtherSessions},

		{http.MethodGet, views.AccountsPath, account.ManageAccounts, s.showAccounts},
		{http.MethodPost, views.AccountsPath, account.ManageAccounts, s.afterProof(s.addAccount)},
		{http.MethodPost, "/accounts/:account/disable", account.ManageAccounts, s.afterProof(s.disableAccount)},
		{http.MethodPost, "/accounts/:account/role", account.ManageAccounts, s.afterProof(s.changeRole)},
		{http.MethodPost, "/accounts/:account/link", account.ManageAccounts, s.afterProof(s.makeLink)},
		{http.MethodPost, "/accounts/:account/factors", account.ManageAccounts, s.afterProof(s.takeFactors)},
		{http.MethodPost, "/accounts/requests/:request/carry-out", account.ManageAccounts, s.afterProof(s.carryOutRequest)},
		{http.MethodPost, "/accounts/requests/:request/cancel", account.ObjectToRequests, s.cancelRequest},
	}
}

// arrivalRoutes are those by which recipients come in by themselves.
func (s *Server) arrivalRoutes() []route {
	return []route{
		{http.MethodPost, hookPath + ":secret", account.Anyone, s.takeHook},
		{http.MethodGet, views.HooksPath, account.ReadHooks, s.showHooks},

		{http.MethodGet, views.ImportPath, account.ImportLists, s.showImports},
		{http.MethodPost, views.ImportPath, account.ImportLists, s.previewImport},
		{http.MethodPost, views.StartImportPath, account.ImportLists, s.startImport},
		{http.MethodGet, "/import/:import", account.ImportLists, s.showImport},
		{http.MethodPost, "/import/:import/stop", account.ImportLists, s.stopImport},
		{http.MethodPost, "/import/:import/resume", account.ImportLists, s.resumeImport},
	}
}

// listRoutes are those that find cases and list them.
func (s *Server) listRoutes() []route {
	return []route{
		{http.MethodGet, views.HomePath, account.OwnAccount, s.showHome},
		{http.MethodGet, views.QueuePath, account.ReadResults, s.showQueue},
		{http.MethodPost, views.QueuePath, account.TakeCases, s.actOnCases},
		{http.MethodPost, views.QueuePath + views.CSVSuffix, account.ReadResults, s.sendQueue},
		{http.MethodGet, views.AwaitingPath, account.ReadResults, s.showAwaiting},
		{http.MethodPost, views.SaveViewPath, account.ReadResults, s.saveView},
		{http.MethodPost, views.RemoveViewPath, account.ReadResults, s.removeView},
		{http.MethodGet, views.RecipientsPath, account.ReadResults, s.findRecipient},
		{http.MethodGet, views.SearchPath, account.ReadResults, s.showSearch},
		{http.MethodGet, views.EnvelopesPath, account.ReadEvidence, s.findEnvelope},
		{http.MethodGet, "/envelopes/:envelope", account.ReadEvidence, s.showEnvelope},
		{http.MethodPost, "/envelopes/:envelope/fetch", account.ReadEvidence, s.fetchEnvelope},
		{http.MethodPost, views.FilesPath, account.ReadResults, s.showFile},
	}
}

// resultRoutes are those of what Yoti says of a recipient.
func (s *Server) resultRoutes() []route {
	return []route{
		{http.MethodGet, "/recipients/:id", account.ReadResults, withRecipient(s.showRecipient)},
		{http.MethodPost, "/recipients/:id/refresh", account.ReadResults, withRecipient(s.refreshResult)},
		{http.MethodGet, "/recipients/:id/snapshots/:digest", account.ReadResults, withRecipient(s.showSnapshot)},

		{http.MethodGet, "/recipients/:id/ticket", account.ReadResults, withRecipient(s.showTicket)},
		{http.MethodGet, "/recipients/:id/diff/:pair", account.ReadResults, withRecipient(s.showDiff)},
		{http.MethodGet, "/recipients/:id/details/:part", account.ReadResults, withRecipient(s.showDetails)},
		{http.MethodGet, "/recipients/:id/person", account.ReadEvidence, withRecipient(s.showPerson)},
		{http.MethodGet, "/recipients/:id/media/:medium", account.ReadEvidence, withRecipient(s.showMedium)},
		{http.MethodGet, "/recipients/:id/media/:medium/thumbnail", account.ReadEvidence, withRecipient(s.showThumbnail)},
		{http.MethodPost, "/recipients/:id/on-screen", account.ReadEvidence, withRecipient(s.reportOnScreen)},
		{http.MethodGet, "/recipients/:id/evidence/:part", account.ReadEvidence, withRecipient(s.showPart)},
		{http.MethodPost, "/recipients/:id/evidence/:part/hits", account.Decide, withRecipient(s.judgeHits)},
		{http.MethodGet, "/recipients/:id/report", account.ReadEvidence, withRecipient(s.sendReport)},
		{http.MethodGet, "/recipients/:id/reset-limit", account.ResetLimit, withRecipient(s.showReset)},
		{http.MethodPost, "/recipients/:id/reset-limit", account.ResetLimit, s.afterProof(withRecipient(s.resetLimit))},
	}
}

// Where notes and decisions are posted.
const (
	notesRoute     = "/recipients/:id/notes"
	decisionsRoute = "/recipients/:id/decisions"
)

// actRoutes are those of what people do about a recipient.
func (s *Server) actRoutes() []route {
	return []route{
		{http.MethodPost, "/recipients/:id/take", account.TakeCases, withRecipient(s.takeCase)},
		{http.MethodPost, "/recipients/:id/release", account.TakeCases, withRecipient(s.releaseCase)},
		{http.MethodPost, "/recipients/:id/assign", account.AssignCases, withRecipient(s.assignCase)},
		{http.MethodPost, "/recipients/:id/tags", account.TakeCases, withRecipient(s.tagCase)},

		{http.MethodPost, decisionsRoute, account.Decide, s.afterProofIf(s.StepUp.Decisions, withRecipient(s.recordDecision))},
		{http.MethodGet, "/recipients/:id/decisions/:seq", account.ReadResults, withRecipient(s.showReceipt)},
		{http.MethodGet, "/recipients/:id/decisions/:seq/screen", account.ReadResults, withRecipient(s.showReplay)},
		{http.MethodPost, "/recipients/:id/decisions/:seq/second", account.ReviewSecond, s.afterProof(withRecipient(s.recordSecondReview))},
		{http.MethodPost, "/recipients/:id/decisions/:seq/withdraw", account.Decide, withRecipient(s.withdrawDecision)},

		{http.MethodGet, "/recipients/:id/bundle", account.ExportBundle, withRecipient(s.showBundle)},
		{http.MethodPost, "/recipients/:id/bundle", account.ExportBundle, s.afterProof(withRecipient(s.sendBundle))},
		{http.MethodPost, notesRoute, account.WriteNotes, withRecipient(s.addNote)},
		{http.MethodPost, "/recipients/:id/expected", account.WriteNotes, withRecipient(s.setExpected)},
		{http.MethodPost, "/recipients/:id/draft", account.WriteNotes, withRecipient(s.keepDraft)},
		{http.MethodPost, "/recipients/:id/draft/discard", account.WriteNotes, withRecipient(s.discardDraft)},
	}
}

// ledgerRoutes are those of the record of all recipients.
func (s *Server) ledgerRoutes() []route {
	return []route{
		{http.MethodGet, views.AuditPath, account.ReadLedger, s.showLedger},
		{http.MethodPost, views.AuditPath + views.CSVSuffix, account.ReadLedger, s.afterProof(s.sendLedger)},
		{http.MethodGet, views.CheckpointPath, account.ReadLedger, s.sendCheckpoint},
		{http.MethodGet, views.PublicKeyPath, account.ReadLedger, s.sendPublicKey},
		{http.MethodGet, views.AccessPath, account.ReadAccessLog, s.showAccessLog},
		{http.MethodPost, views.AccessPath + views.CSVSuffix, account.ReadAccessLog, s.sendAccessLog},
		{http.MethodGet, views.EventsPath, account.ReadAccessLog, s.showSecurityEvents},
		{http.MethodPost, views.EventsPath + views.CSVSuffix, account.ReadAccessLog, s.sendSecurityEvents},
		{http.MethodGet, views.FiguresPath, account.ReadFigures, s.showFigures},
		{http.MethodPost, views.FiguresPath + views.CSVSuffix, account.ReadFigures, s.sendFigures},
	}
}

// add registers the route, and with GET also HEAD, which Echo does not answer by itself.
func (r route) add(e *echo.Echo, guard echo.MiddlewareFunc) {
	if r.method != http.MethodGet {
		e.Add(r.method, r.path, r.handle, requireForm, guard)
		return
	}
	e.GET(r.path, r.handle, guard)
	if r.action == account.Anyone {
		e.HEAD(r.path, r.handle, guard)
	} else {
		e.HEAD(r.path, answerHead, guard)
	}
}

// requireForm refuses a form that cannot be read before anything is done, whether its fields
// matter or not. One that brings a file is read when it is known who sends it.
func requireForm(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if isFileUpload(c.Request()) || isHook(c.Request()) {
			return next(c)
		}
		if _, err := readForm(c); err != nil {
			return err
		}
		return next(c)
	}
}

// answerHead says to whoever may see a page that it can be asked for. That is not a view:
// nothing is fetched, and nothing recorded.
func answerHead(c echo.Context) error {
	if c.Param("id") != "" {
		if _, err := recipientParam(c); err != nil {
			return err
		}
	}
	return c.NoContent(http.StatusOK)
}
