package cli

// audit is the commands for whoever checks what was done.
type audit struct {
	Prove  auditProve  `cmd:"" help:"Write an entry of the ledger with what proves it."`
	Check  auditCheck  `cmd:"" help:"Check such a proof. It needs no database."`
	Export auditExport `cmd:"" help:"Write every entry of the ledger, without what people typed."`
}
