package review

import "countersign/internal/ledger"

// The acts that stand in the ledger.
const (
	ActBegun       ledger.Act = "ledger-begun"   // the first entry
	ActSigningKey  ledger.Act = "signing-key"    // checkpoints are signed with another key from here on
	ActOlder       ledger.Act = "older-accepted" // an older file took the place of a newer one
	ActLog         ledger.Act = "checkpoint-log" // the checkpoint log is missing, was found again, or is done without
	ActAccount     ledger.Act = "account"
	ActAccess      ledger.Act = "access" // what one person saw within a minute
	ActFetches     ledger.Act = "fetches"
	ActNote        ledger.Act = "note"
	ActDecision    ledger.Act = "decision"
	ActAgreed      ledger.Act = "second-agreed"
	ActDisagreed   ledger.Act = "second-disagreed"
	ActWithdrawn   ledger.Act = "withdrawn"
	ActDisposition ledger.Act = "disposition"
	ActReset       ledger.Act = "reset-limit"
	ActResetEnded  ledger.Act = "reset-ended"
	ActExport      ledger.Act = "export"      // of an evidence bundle
	ActListExport  ledger.Act = "list-export" // of the ledger or the access log
	ActErasure     ledger.Act = "erasure"
)

// Acts returns every act, in the order in which a list offers them.
func Acts() []ledger.Act {
	return []ledger.Act{
		ActDecision, ActAgreed, ActDisagreed, ActWithdrawn, ActNote, ActDisposition, ActReset, ActResetEnded,
		ActExport, ActListExport, ActErasure, ActAccount, ActAccess, ActFetches, ActSigningKey, ActOlder, ActLog, ActBegun,
	}
}

// ActWord says an act in words that follow the name of who did it.
func ActWord(a ledger.Act) string {
	switch a {
	case ActBegun:
		return "began the ledger"
	case ActSigningKey:
		return "took a signing key into use"
	case ActOlder:
		return "accepted an older file"
	case ActLog:
		return "started the server"
	case ActAccount:
		return "changed an account"
	case ActAccess:
		return "was shown results"
	case ActFetches:
		return "fetched results"
	case ActNote:
		return "wrote a note"
	case ActDecision:
		return "decided"
	case ActAgreed:
		return "agreed as second reviewer"
	case ActDisagreed:
		return "disagreed as second reviewer"
	case ActWithdrawn:
		return "withdrew a decision"
	case ActDisposition:
		return "set the disposition of a watchlist hit"
	case ActReset:
		return "asked for a reset of the session limit"
	case ActResetEnded:
		return "got the answer to a reset"
	case ActExport:
		return "took an evidence bundle"
	case ActListExport:
		return "took a list along"
	case ActErasure:
		return "erased texts and results"
	}
	return string(a)
}
