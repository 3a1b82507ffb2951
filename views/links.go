package views

import (
	"net/url"
	"strconv"
	"time"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// The addresses that do not depend on anything.
const (
	HomePath       = "/"
	RecipientsPath = "/recipients" // with ?id=, where a typed ID is looked up
	LoginPath      = "/login"
	LogoutPath     = "/logout"

	SecondFactorPath = "/login/second-factor" // where a sign-in goes on after the password

	PasskeySignInPath = "/login/passkey"               // where somebody signs in with a passkey alone
	PasskeyProofPath  = "/account/proof/passkey/begin" // where a passkey is asked for as a proof of presence

	ProviderPath         = "/login/openid" // where the company's own sign-in begins
	ProviderCallbackPath = ProviderPath + "/callback"
	ProviderLogoutPath   = ProviderPath + "/logout" // where the provider says that somebody signed out

	SetUpPath      = "/setup"
	ThemePath      = "/theme"
	AuditPath      = "/audit"            // the ledger
	CheckpointPath = "/audit/checkpoint" // a signed one, as text
	PublicKeyPath  = "/audit/public-key" // to check it with
	AccessPath     = "/audit/access"     // the access log
	EventsPath     = "/audit/security"   // the security events
	AccountsPath   = "/accounts"
	OwnAccountPath = "/account"
	SessionPath    = "/account/session"    // how long the own session goes on, and by a POST that it does
	FactorsPath    = "/account/factors"    // passkeys and codes
	CodePath       = FactorsPath + "/code" // where the authenticator app is set up by a POST
	RecoveryPath   = FactorsPath + "/recovery-codes"
	PasskeysPath   = "/account/factors/passkeys"
	SeenPath       = "/account/changes/seen" // where somebody says to have seen what others changed

	PreferencesPath = "/account/preferences" // where how pages are wanted is kept by a POST

	QueuePath    = "/queue"
	PasswordPath = "/password" // where a password is chosen, by a link
	FilesPath    = "/files"    // where a file with a result is posted

	SearchPath    = "/search"    // with ?q=
	EnvelopesPath = "/envelopes" // with ?id=, where a typed ID is looked up
)

// Parts of addresses that tell what is behind them.
const (
	MediaSegment  = "/media/"
	ReportSegment = "/report"
	CSVSuffix     = ".csv" // of a list, as a file, by a POST
)

// RecipientPath is the review page of a recipient.
func RecipientPath(id idv.RecipientID) string { return RecipientsPath + "/" + id.String() }

// FactorsDonePath is the page of factors after something was done there.
func FactorsDonePath(done string) string {
	return FactorsPath + "?" + url.Values{"done": {done}}.Encode()
}

// EnvelopePath is the page of an envelope.
func EnvelopePath(id idv.EnvelopeID) string { return EnvelopesPath + "/" + id.String() }

// FetchEnvelopePath is where a POST fetches the results of an envelope.
func FetchEnvelopePath(id idv.EnvelopeID) string { return EnvelopePath(id) + "/fetch" }

// Fields of the address of an envelope's page that say what came of fetching its results.
const (
	FetchedField = "fetched"
	FailedField  = "failed"
	LeftField    = "left"
	UntilField   = "until" // when to go on with those, in seconds; none when that is at once
)

// FetchedEnvelopePath is the page of an envelope after its results were fetched.
func FetchedEnvelopePath(id idv.EnvelopeID, f review.EnvelopeFetch) string {
	query := url.Values{FetchedField: {strconv.Itoa(f.Fetched)}, FailedField: {strconv.Itoa(f.Failed)}, LeftField: {strconv.Itoa(f.Left)}}
	if !f.Until.IsZero() {
		query.Set(UntilField, strconv.FormatInt(f.Until.Add(time.Second-1).Unix(), 10)) // not before
	}
	return EnvelopePath(id) + "?" + query.Encode()
}

// NotesBefore is the field of an address that says before which note those of a page are.
const NotesBefore = "notes-before"

// RecordedField is the field of an address that says which entry its reader has just made.
const RecordedField = "recorded"

// RecordedPath is the review page of a recipient after an entry was made.
func RecordedPath(id idv.RecipientID, seq int64) string {
	return RecipientPath(id) + "?" + RecordedField + "=" + strconv.FormatInt(seq, 10)
}

// AgainField is the field of an address that asks for the form as the last decision has it.
const AgainField = "again"

// ConfirmAgainPath is the review page with the last decision to be confirmed on a new result.
func ConfirmAgainPath(id idv.RecipientID) string {
	return RecipientPath(id) + "?" + AgainField + "#" + DecideID
}

// OlderNotesPath is the review page of a recipient with the notes before one.
func OlderNotesPath(id idv.RecipientID, before int64) string {
	return RecipientPath(id) + "?" + NotesBefore + "=" + strconv.FormatInt(before, 10) + "#" + NotesID
}

// RefreshPath is where a POST fetches the result of a recipient again.
func RefreshPath(id idv.RecipientID) string { return RecipientPath(id) + "/refresh" }

// NotesPath is where a note is posted.
func NotesPath(id idv.RecipientID) string { return RecipientPath(id) + "/notes" }

// ExpectedPath is where it is posted who the signer should be.
func ExpectedPath(id idv.RecipientID) string { return RecipientPath(id) + "/expected" }

// DecisionsPath is where a decision is posted.
func DecisionsPath(id idv.RecipientID) string { return RecipientPath(id) + "/decisions" }

// DecisionPath is the receipt of a decision.
func DecisionPath(id idv.RecipientID, seq int64) string {
	return DecisionsPath(id) + "/" + strconv.FormatInt(seq, 10)
}

// ReplayPath is the page as it stood when a decision was made.
func ReplayPath(id idv.RecipientID, seq int64) string { return DecisionPath(id, seq) + "/screen" }

// SecondPath is where a second review of a decision is posted.
func SecondPath(id idv.RecipientID, seq int64) string { return DecisionPath(id, seq) + "/second" }

// WithdrawPath is where the withdrawal of a decision is posted.
func WithdrawPath(id idv.RecipientID, seq int64) string { return DecisionPath(id, seq) + "/withdraw" }

// Fields of the address of a case that was opened from a view of the queue, and of the forms on
// its page.
const (
	CaseViewField = "view"  // the view, as review.View.Query
	PlaceField    = "place" // where the case stood in it, as a review.PageKey
	DoneField     = "done"  // which entry its reader has just made about another case
	ReturnField   = "return"
	PageField     = "page" // of the queue, as a review.PageKey
)

// CaseLineID is the place of the line of a case in a list.
func CaseLineID(id idv.RecipientID) string { return "case-" + id.String() }

// TakePath is where a case is taken by a POST.
func TakePath(id idv.RecipientID) string { return RecipientPath(id) + "/take" }

// ReleasePath is where a case is released by a POST.
func ReleasePath(id idv.RecipientID) string { return RecipientPath(id) + "/release" }

// AssignPath is where a case is assigned by a POST.
func AssignPath(id idv.RecipientID) string { return RecipientPath(id) + "/assign" }

// TagsPath is where a POST adds or removes a tag.
func TagsPath(id idv.RecipientID) string { return RecipientPath(id) + "/tags" }

// BundlePath is where an evidence bundle is taken by a POST.
func BundlePath(id idv.RecipientID) string { return RecipientPath(id) + "/bundle" }

// ChooseBundlePath is where it is chosen what goes into one.
func ChooseBundlePath(id idv.RecipientID) string { return BundlePath(id) + "?choose" }

// HitsPath is where it is posted what the hits of a check are held for.
func HitsPath(id idv.RecipientID, key string) string {
	return RecipientPath(id) + "/evidence/" + key + "/hits"
}

// DraftPath is where a text that is still being typed is kept.
func DraftPath(id idv.RecipientID) string { return RecipientPath(id) + "/draft" }

// DiscardPath is where a POST discards the draft.
func DiscardPath(id idv.RecipientID) string { return DraftPath(id) + "/discard" }

// SnapshotPath is the page of one stored result.
func SnapshotPath(id idv.RecipientID, digest idv.Digest) string {
	return RecipientPath(id) + "/snapshots/" + digest.String()
}

// SnapshotJSONPath is one stored result by itself.
func SnapshotJSONPath(id idv.RecipientID, digest idv.Digest) string {
	return SnapshotPath(id, digest) + ".json"
}

// MediumPath is a medium that a stored result names.
func MediumPath(id idv.RecipientID, digest idv.Digest, medium idv.MediaID) string {
	return RecipientPath(id) + MediaSegment + medium.String() + "?snapshot=" + digest.String()
}

// ThumbnailPath is a picture among these, scaled down.
func ThumbnailPath(id idv.RecipientID, digest idv.Digest, medium idv.MediaID) string {
	return RecipientPath(id) + MediaSegment + medium.String() + "/thumbnail?snapshot=" + digest.String()
}

// ViewField is the field of an address that says for which page view something is loaded.
const ViewField = "view"

// inView adds to the address of a medium for which page view it is loaded; empty for none.
func inView(path, view string) string {
	if view == "" {
		return path
	}
	return path + "&" + ViewField + "=" + view
}

// OnScreenPath is where a page says by a POST what was on the screen.
func OnScreenPath(id idv.RecipientID) string { return RecipientPath(id) + "/on-screen" }

// PartPath is one resource or check of a stored result, by its key, with the texts
// behind it.
func PartPath(id idv.RecipientID, digest idv.Digest, key string) string {
	return RecipientPath(id) + "/evidence/" + key + "?snapshot=" + digest.String()
}

// Parts of a result that are neither a check nor a document or capture, where details are asked for.
const (
	SessionPart = "session"
	JSONPart    = "json"
)

// DetailsPath is what a stored result says about one part besides what its page shows: a
// check, a document or capture by its key, SessionPart or JSONPart.
func DetailsPath(id idv.RecipientID, digest idv.Digest, key string) string {
	return RecipientPath(id) + "/details/" + key + "?snapshot=" + digest.String()
}

// NumberField is the field of an address that asks for the whole number of a document, by the
// value WholeNumber.
const (
	NumberField = "number"
	WholeNumber = "whole"
)

// PersonPath is whom a stored result is about, as the text of the identity document says.
func PersonPath(id idv.RecipientID, digest idv.Digest) string {
	return RecipientPath(id) + "/person?snapshot=" + digest.String()
}

// NumberPath is the same with the whole number of the document.
func NumberPath(id idv.RecipientID, digest idv.Digest) string {
	return PersonPath(id, digest) + "&" + NumberField + "=" + WholeNumber
}

// PicturesPage is the field of an address that says which page of the pictures of a part,
// or of the media to choose from, is wanted.
const PicturesPage = "pictures"

// PicturesPath is a part with one page of its pictures, counted from 1.
func PicturesPath(id idv.RecipientID, digest idv.Digest, key string, page int) string {
	return withPictures(PartPath(id, digest, key), page)
}

// withPictures adds to an address which page of pictures is wanted.
func withPictures(path string, page int) string {
	if page > 1 {
		path += "&" + PicturesPage + "=" + strconv.Itoa(page)
	}
	return path
}

// AllMedia is the field of an address that asks for the media to choose from with all of
// them ticked.
const AllMedia = "all"

// allMediaPath is one page of the media that can go into a bundle, counted from 1, with all
// of them ticked.
func allMediaPath(id idv.RecipientID, page int) string {
	return withPictures(ChooseBundlePath(id), page) + "&" + AllMedia
}

// ReportPath is Yoti's report on a recipient.
func ReportPath(id idv.RecipientID) string { return RecipientPath(id) + ReportSegment }

// ResetPath is where a recipient's session limit is reset.
func ResetPath(id idv.RecipientID) string { return RecipientPath(id) + "/reset-limit" }

// TicketCheck is the field of an address that says about which check a ticket is.
const TicketCheck = "check"

// TicketPath is a stored result as text for a ticket.
func TicketPath(id idv.RecipientID, digest idv.Digest) string {
	return RecipientPath(id) + "/ticket?snapshot=" + digest.String()
}

// CheckTicketPath is one check of a stored result as text for a ticket.
func CheckTicketPath(id idv.RecipientID, digest idv.Digest, key string) string {
	return TicketPath(id, digest) + "&" + TicketCheck + "=" + key
}

// AccountPath is where an account is changed by a POST: its deed is "disable", "role",
// "link" or "factors".
func AccountPath(id int64, deed string) string {
	return AccountsPath + "/" + strconv.FormatInt(id, 10) + "/" + deed
}

// RequestsID is the place of the open requests on the page of accounts.
const RequestsID = "requests"

// RequestPath is where something is done about a request by a POST: "carry-out" or "cancel".
func RequestPath(id int64, deed string) string {
	return AccountsPath + "/requests/" + strconv.FormatInt(id, 10) + "/" + deed
}

// DiffPath is what differs between two stored results.
func DiffPath(id idv.RecipientID, before, after idv.Digest) string {
	return RecipientPath(id) + "/diff/" + before.String() + ".." + after.String()
}

// LinkPath is a page that takes the token of a link. The token stands in the fragment,
// which browsers send to nobody: what is asked for stands in the logs of proxies.
func LinkPath(path, token string) string { return path + "#" + url.Values{"token": {token}}.Encode() }

// ProviderReturnPath is where the company's sign-in begins that leads on to the page at next.
func ProviderReturnPath(next string) string {
	if next == "" || next == HomePath {
		return ProviderPath
	}
	return ProviderPath + "?next=" + url.QueryEscape(next)
}

// SignedOutField is the field of the address of the sign-in page that says where somebody was
// signed out of.
const SignedOutField = "signed-out"

// LoginReturnPath is the sign-in page that leads on to the page at next.
func LoginReturnPath(next string) string {
	if next == "" || next == HomePath {
		return LoginPath
	}
	return LoginPath + "?next=" + url.QueryEscape(next)
}
