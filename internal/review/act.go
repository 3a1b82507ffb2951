package review

import "countersign/internal/ledger"

// The acts that stand in the ledger.
const (
	ActBegun       ledger.Act = "ledger-begun"   // the first entry
	ActSigningKey  ledger.Act = "signing-key"    // checkpoints are signed with another key from here on
	ActDataKey     ledger.Act = "data-key"       // what recipients' keys are sealed under is being changed, or was
	ActOlder       ledger.Act = "older-accepted" // an older file took the place of a newer one
	ActLog         ledger.Act = "checkpoint-log" // the checkpoint log is missing, was found again, or is done without
	ActAccount     ledger.Act = "account"
	ActAccess      ledger.Act = "access" // what one person saw within a minute
	ActFetches     ledger.Act = "fetches"
	ActSignIns     ledger.Act = "sign-ins" // of one person within a minute, with sign-outs
	ActNote        ledger.Act = "note"
	ActDecision    ledger.Act = "decision"
	ActAgreed      ledger.Act = "second-agreed"
	ActDisagreed   ledger.Act = "second-disagreed"
	ActWithdrawn   ledger.Act = "withdrawn"
	ActDisposition ledger.Act = "disposition"
	ActReset       ledger.Act = "reset-limit"
	ActResetEnded  ledger.Act = "reset-ended"
	ActExport      ledger.Act = "export"      // of an evidence bundle
	ActListExport  ledger.Act = "list-export" // of the ledger, the access log or the figures
	ActErasure     ledger.Act = "erasure"
	ActImport      ledger.Act = "import" // of a list of recipients, started or stopped
)

// What is said about who the signer should be.
const (
	ActExpectedSet     ledger.Act = "expected-set"
	ActExpectedCleared ledger.Act = "expected-cleared" // nobody says so any more
)

// Who has a case, and how it is labelled.
const (
	ActTaken    ledger.Act = "taken"
	ActReleased ledger.Act = "released"
	ActAssigned ledger.Act = "assigned" // to somebody, by somebody else
	ActTagged   ledger.Act = "tagged"
	ActUntagged ledger.Act = "untagged"
)

// Which views of the queue everybody has.
const (
	ActViewShared  ledger.Act = "view-shared"
	ActViewRemoved ledger.Act = "view-removed" // one that was shared
)

// CaseActs returns the acts, besides those on decisions, that say where a case stands in the
// day's work.
func CaseActs() []ledger.Act {
	return []ledger.Act{ActTaken, ActReleased, ActAssigned, ActTagged, ActUntagged}
}

// Acts returns every act, in the order in which a list offers them.
func Acts() []ledger.Act {
	return []ledger.Act{
		ActDecision, ActAgreed, ActDisagreed, ActWithdrawn, ActNote, ActDisposition, ActExpectedSet, ActExpectedCleared, ActReset, ActResetEnded,
		ActTaken, ActReleased, ActAssigned, ActTagged, ActUntagged, ActViewShared, ActViewRemoved,
		ActExport, ActListExport, ActErasure, ActImport, ActAccount, ActSignIns, ActAccess, ActFetches, ActSigningKey, ActDataKey, ActOlder, ActLog, ActBegun,
	}
}

// ActWord says an act in words that follow the name of who did it.
func ActWord(a ledger.Act) string {
	switch a {
	case ActBegun:
		return "started the ledger"
	case ActSigningKey:
		return "started using a signing key"
	case ActDataKey:
		return "changed the data key"
	case ActOlder:
		return "accepted an older database"
	case ActLog:
		return "started the server"
	case ActAccount:
		return "changed an account"
	case ActAccess:
		return "viewed items"
	case ActFetches:
		return "fetched results"
	case ActSignIns:
		return "signed in or out, or tried to"
	case ActNote:
		return "wrote a note"
	case ActDecision:
		return "decided"
	case ActAgreed:
		return "confirmed in second review"
	case ActDisagreed:
		return "did not confirm in second review"
	case ActWithdrawn:
		return "withdrew a decision"
	case ActDisposition:
		return "set the disposition of a watchlist hit"
	case ActExpectedSet:
		return "set the expected signer"
	case ActExpectedCleared:
		return "cleared the expected signer"
	case ActTaken:
		return "took the case"
	case ActReleased:
		return "released the case"
	case ActAssigned:
		return "assigned the case"
	case ActTagged:
		return "added a tag"
	case ActUntagged:
		return "removed a tag"
	case ActViewShared:
		return "shared a view of the queue"
	case ActViewRemoved:
		return "removed a shared view of the queue"
	case ActReset:
		return "requested a session limit reset"
	case ActResetEnded:
		return "received the answer to a reset request"
	case ActExport:
		return "downloaded an evidence bundle"
	case ActListExport:
		return "exported a list"
	case ActErasure:
		return "erased texts and results"
	case ActImport:
		return "imported a list of recipients"
	}
	return string(a)
}
