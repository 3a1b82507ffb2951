package views

import "countersign/internal/account"

// requestWaits says what an open request waits for, before a time where it has one.
func requestWaits(r account.Request) string {
	if r.Alone {
		return "Nobody else could confirm it when it was requested. It can be carried out from "
	}
	return "It waits for another administrator to confirm it."
}

// carryOutLabel is what the reader does who carries a request out.
func carryOutLabel(f Frame, r account.Request) string {
	done := "carry out"
	if r.Kind.MakesLink() {
		done = "show password link"
	}
	if r.AskedBy.ID == f.Who.ID {
		return map[string]string{"carry out": "Carry out", "show password link": "Carry out and show password link"}[done]
	}
	return "Confirm and " + done
}
