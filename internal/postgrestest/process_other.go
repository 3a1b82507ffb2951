//go:build !unix

package postgrestest

// process is a server that was started, of which there is none here.
type process struct{ folder string }

func startProcess(string, []string) (*process, error) { return nil, errNoPostgres }

func (*process) control(...string) error { return errNoPostgres }

func (*process) writeFile(string, []byte) error { return errNoPostgres }

func (*process) end() {}

func killProcess(int) error { return errNoPostgres }

func findPrograms() (string, error) { return "", errNoPostgres }
