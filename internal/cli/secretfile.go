package cli

import (
	"fmt"
	"io"
	"os"

	"countersign/store"
)

// maxSecretFile is more than any file with a key or a password has.
const maxSecretFile = 64 << 10

// readSecretFile reads a file that others may not read or write. It may be a pipe, which belongs
// to whoever made it. Kind says of what the file is, as in API-key.
func readSecretFile(kind, name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("the %s file cannot be read: %w", kind, err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSecretFile))
	if err != nil {
		return nil, fmt.Errorf("the %s file cannot be read: %w", kind, err)
	}
	found, err := file.Stat()
	if err == nil && found.Mode().IsRegular() {
		err = store.CheckSecret(found)
	}
	if err != nil {
		return nil, fmt.Errorf("the %s file %s %w", kind, name, err)
	}
	return text, nil
}
